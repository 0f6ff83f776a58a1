/// What every training shares: schedules, shuffles, metrics, the record of the epochs. Nothing here knows a network.
package org.ionforge.training;
