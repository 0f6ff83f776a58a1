#!/usr/bin/env bash
# placeholder until the kernels land: see the engine branch
exit 0
