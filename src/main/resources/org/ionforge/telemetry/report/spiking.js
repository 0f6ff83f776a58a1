'use strict';
// The report of a spiking network, section by section, from the figures.
(() => {
  const {count, fixed, escape, style, node, section, missing, table, folded, figure, category, value, axisTip, show} = page;
  const figures = JSON.parse(document.getElementById('figures').textContent);
  const run = figures.run;

  // One colour a layer, readable on light and dark paper.
  const COLOURS = ['#0b84c6', '#d9662b', '#1fa58c', '#b03a86', '#8a9a1f', '#7b4fa3', '#c98a10', '#cf3b47'];
  const PHASES = {WARM_UP: 'FP32', QAT_OBSERVING: 'QAT', QAT_FROZEN: 'frozen', CALIBRATION: 'calibration'};
  const colour = i => COLOURS[i % COLOURS.length];
  const percent = (x, digits = 2) => x === null || x === undefined ? '–' : fixed(100 * x, digits) + ' %';
  const size = bytes => bytes >= 1e6 ? fixed(bytes / 1e6, 2) + ' MB' : fixed(bytes / 1e3, 1) + ' kB';
  const significant = x => x === null || x === undefined ? '–' : Number(x).toPrecision(3).replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '');
  const layerName = i => run.layers[i] ? run.layers[i].name : 'layer ' + (i + 1);
  const phase = e => (PHASES[e.phase] || e.phase) + (e.bits === '32' ? '' : ' ' + e.bits);
  const roomy = {left: 64, right: 24, top: 60, bottom: 52};

  // ---------------------------------------------------------------------------------------------- summary
  function summary() {
    document.querySelector('h1').textContent = 'A spiking network, trained and quantised';
    document.title = 'Ionforge: spiking network';
    document.getElementById('subtitle').textContent = 'Made ' + figures.generated.replace('T', ' ').replace('Z', ' UTC') + ' by Ionforge ' + figures.version
      + ['network', 'data'].filter(k => run.facts[k]).map(k => ' · ' + k + ': ' + run.facts[k]).join('');
    const cards = node('div', {class: 'cards'});
    const card = (number, label) => cards.append(node('div', {class: 'card'}, node('b', {}, number), node('span', {}, label)));
    run.models.forEach(m => card(percent(m.accuracy), m.name + ', ' + size(m.bytes)));
    if (run.epochs.length) {
      card(count(run.epochs.length), 'epochs in ' + fixed(run.epochs.reduce((s, e) => s + e.seconds, 0), 0) + ' s');
    }
    const rates = run.layers.map(l => l.spikeRate).filter(r => r !== null);
    if (rates.length) {
      card(percent(rates.reduce((a, b) => a + b, 0) / rates.length, 1), 'mean spike rate of the layers');
    }
    if (run.gates.length) {
      card(run.gates.filter(g => g.pass).length + ' of ' + run.gates.length, 'gates passed');
    }
    document.getElementById('main').append(cards);
    if (figures.verdict.length) {
      const bad = run.gates.some(g => !g.pass);
      document.getElementById('main').append(node('div', {class: 'verdict ' + (bad ? 'bad' : run.gates.length ? 'good' : '')},
        ...figures.verdict.map(sentence => node('p', {}, sentence))));
    }
  }

  function gates() {
    const into = section('Gates', 'What the converted model was held to. Every value is measured on this model.');
    if (!run.gates.length) {
      into.append(missing('Not verified yet: ./ionforge verify does it.'));
      return;
    }
    into.append(table(['Gate', 'What is measured', '#Value', '#Limit', 'Verdict'], run.gates.map(g =>
      [g.name, g.description, Number.isInteger(g.value) ? count(g.value) : significant(g.value), g.limit, g.pass ? 'passed' : 'FAILED'])));
  }

  // ---------------------------------------------------------------------------------------------- training
  /** Stretches of epochs of one phase and width, as bands behind a chart. */
  function phases() {
    const areas = [];
    run.epochs.forEach((e, i) => {
      if (!areas.length || areas[areas.length - 1].name !== phase(e)) {
        areas.push({name: phase(e), from: i + 0.5, to: i + 1.5});
      }
      areas[areas.length - 1].to = i + 1.5;
    });
    // A name that is wider than its stretch would run into the next one.
    const width = Math.min(480, innerWidth - 120) / run.epochs.length;
    return {silent: true, label: {color: style('--soft'), position: 'top', fontSize: 11}, data: areas.map((a, i) => [
      {name: (a.to - a.from) * width < 6 * a.name.length ? '' : a.name, xAxis: a.from, itemStyle: {color: style('--ink'), opacity: i % 2 ? 0.05 : 0}}, {xAxis: a.to}])};
  }

  const epochAxis = () => value('epoch', 28, {min: 0.5, max: run.epochs.length + 0.5, minInterval: 1, axisLabel: {formatter: v => Number.isInteger(v) ? v : ''}, splitLine: {show: false}});
  const points = of => run.epochs.map((e, i) => [i + 1, of(e)]).filter(p => p[1] !== null && p[1] !== undefined);

  /** Lines over the epochs; `log` for a logarithmic axis. */
  function curves(parent, title, words, unit, lines, numbers, more) {
    const drawn = lines.filter(l => l.data.length);
    figure(parent, title, words, '', () => ({legend: {data: drawn.map(l => l.name), type: 'scroll'}, grid: roomy,
      tooltip: {trigger: 'axis', valueFormatter: v => significant(v) + unit}, xAxis: epochAxis(),
      yAxis: Object.assign(value('', 44, {scale: true}), more),
      series: drawn.map((l, i) => Object.assign({name: l.name, type: 'line', data: l.data, showSymbol: run.epochs.length < 30, symbolSize: 5, color: colour(i),
        lineStyle: {width: 2}}, l.more, i === 0 ? {markArea: phases()} : {}))}), numbers);
  }

  const dashed = {lineStyle: {width: 2, type: 'dashed'}};

  function learning() {
    const into = section('Learning', 'One point an epoch; the shaded stretches are the phases. Dashed lines are training samples as they were met, solid ones samples held out.');
    if (!run.epochs.length) {
      into.append(missing('Nothing was trained in this run.'));
      return;
    }
    const pair = node('div', {class: 'pair'});
    into.append(pair);
    curves(pair, 'Accuracy', 'Share of right answers.', ' %', [{name: 'held out', data: points(e => e.judgedAccuracy === null ? null : 100 * e.judgedAccuracy)},
      {name: 'training', data: points(e => 100 * e.accuracy), more: dashed}]);
    curves(pair, 'Loss', 'Cross entropy, a logarithmic axis.', '', [{name: 'held out', data: points(e => e.judgedLoss)},
      {name: 'training', data: points(e => e.loss), more: dashed}], null, {type: 'log'});
    curves(pair, 'Learning rate', 'Of the last step of the epoch, a logarithmic axis.', '', [{name: 'learning rate', data: points(e => e.rate)}], null, {type: 'log'});
    into.append(folded('Every epoch', table(['#Epoch', 'Phase', '#Rate', '#Loss', '#Accuracy', '#Held out: loss', '#Accuracy', '#Seconds'], run.epochs.map(e =>
      [e.epoch, phase(e), significant(e.rate), fixed(e.loss, 4), percent(e.accuracy), fixed(e.judgedLoss, 4), percent(e.judgedAccuracy), fixed(e.seconds, 1)]))));
  }

  // ---------------------------------------------------------------------------------------------- layers
  function overEpochs(key) {
    const layers = run.epochs.length ? run.epochs[0].layers.length : 0;
    return [...Array(layers).keys()].map(i => ({name: layerName(i), data: points(e => e.layers[i] ? e.layers[i][key] : null)}));
  }

  function health() {
    const into = section('Health of the layers', 'A layer below 1 % has collapsed, above 50 % it has exploded; 5 to 30 % is healthy (shaded).');
    if (run.epochs.length && run.epochs[0].layers.length) {
      const pair = node('div', {class: 'pair'});
      into.append(pair);
      const rates = overEpochs('spikeRate').map(l => ({name: l.name, data: l.data.map(p => [p[0], 100 * p[1]])}));
      figure(pair, 'Spike rate', 'Share of neurons and steps with a spike.', '', () => ({legend: {data: rates.map(r => r.name), type: 'scroll'}, grid: roomy,
        tooltip: {trigger: 'axis', valueFormatter: v => significant(v) + ' %'}, xAxis: epochAxis(), yAxis: value('%', 40, {min: 0}),
        series: rates.map((r, i) => Object.assign({name: r.name, type: 'line', data: r.data, symbolSize: 5, color: colour(i)},
          i ? {} : {markArea: {silent: true, data: [[{yAxis: 5, itemStyle: {color: style('--good'), opacity: 0.12}}, {yAxis: 30}]]}}))}));
      // Each layer's scale beside the first one at the same bits: 1 is where it began.
      const drift = key => overEpochs(key).map(l => {
        const begun = l.data.filter(p => run.epochs[p[0] - 1].phase !== 'WARM_UP');
        const first = {};
        begun.forEach(p => first[run.epochs[p[0] - 1].bits] ??= p[1]);
        return {name: l.name, data: begun.map(p => [p[0], p[1] / first[run.epochs[p[0] - 1].bits]])};
      });
      const scales = drift('currentScale'), weights = drift('weightScale');
      if (scales.some(l => l.data.length)) {
        curves(pair, 'Scale of the currents', 'Beside that of the first epoch at the same bits.', '', scales);
      }
      if (weights.some(l => l.data.length)) {
        curves(pair, 'Scale of the weights', 'Mean over the channels, beside that of the first epoch at the same bits.', '', weights);
      }
      curves(pair, 'Gradient', 'Norm over the parameters of a layer, a logarithmic axis.', '', overEpochs('gradientNorm'), null, {type: 'log'});
      if (overEpochs('threshold').some(l => l.data.some(p => p[1] !== l.data[0][1]))) {
        curves(pair, 'Thresholds', 'θ of each layer, where it was learned or changed.', '', overEpochs('threshold'));
      }
      if (overEpochs('saturation').some(l => l.data.length)) {
        curves(pair, 'Clamped currents', 'Share of currents beyond the last code, in %.', ' %', overEpochs('saturation')
          .map(l => ({name: l.name, data: l.data.map(p => [p[0], 100 * p[1]])})));
      }
    }
    into.append(run.health.length ? table(['#Epoch', 'Phase', 'Action', 'Layer', 'Why'], run.health.map(h => [h.epoch, PHASES[h.phase] || h.phase, h.action, h.layer === null ? 'all' : h.layer, h.why]))
      : missing('The health control had nothing to do.'));
  }

  function membranes() {
    const shown = run.layers.filter(l => l.membranes);
    if (!shown.length) {
      return;
    }
    const into = section('Membranes', 'The membranes of all neurons of a layer over samples and steps, before the reset, beside the threshold θ from which on they fire.');
    const pair = node('div', {class: 'pair'});
    into.append(pair);
    shown.forEach((l, i) => {
      const h = l.membranes, total = h.counts.reduce((a, b) => a + b, 0) + h.below + h.above;
      const outside = h.below + h.above ? ' ' + percent((h.below + h.above) / total) + ' lie outside the picture.' : '';
      figure(pair, l.name, 'Share of membranes in each bin, a logarithmic axis.' + outside, '', () => ({grid: {left: 64, right: 24, top: 28, bottom: 52},
        tooltip: {trigger: 'axis', axisPointer: {type: 'line'}, formatter: p => fixed(p[0].value[0] - h.width / 2, 3) + ' … ' + fixed(p[0].value[0] + h.width / 2, 3) + ': ' + significant(p[0].value[1]) + ' %'},
        xAxis: value('membrane U', 28, {min: h.from, max: Math.max(h.from + h.width * h.counts.length, l.threshold * 1.05), axisLabel: {formatter: v => significant(v), showMinLabel: false, showMaxLabel: false}}),
        yAxis: Object.assign(value('%', 44), {type: 'log', axisLine: {onZero: false}, axisLabel: {formatter: v => significant(v)}}),
        series: [{type: 'line', step: 'middle', symbol: 'none', areaStyle: {opacity: 0.35}, color: colour(run.layers.indexOf(l)), data: h.counts.map((c, k) => [h.from + (k + 0.5) * h.width, c ? 100 * c / total : null]),
          markLine: {silent: true, symbol: 'none', lineStyle: {color: style('--bad'), width: 2}, label: {formatter: 'θ', color: style('--bad'), fontSize: 14, position: 'end'}, data: [{xAxis: l.threshold}]}}]}));
    });
  }

  function rasters() {
    if (!run.rasters.length) {
      return;
    }
    const into = section('Spikes', 'A dot is a spike of one neuron at one step.');
    const pair = node('div', {class: 'pair'});
    into.append(pair);
    run.rasters.forEach(r => {
      const layer = Math.max(0, run.layers.findIndex(l => l.name === r.layer));
      figure(pair, r.layer + ': ' + r.sample, count(r.spikes.length) + ' spikes of ' + count(r.neurons) + (r.neurons < r.of ? ' of ' + count(r.of) : '') + ' neurons in ' + r.steps + ' steps.', '', () => ({
        grid: {left: 64, right: 24, top: 12, bottom: 52}, xAxis: value('step', 28, {axisLine: {onZero: false}, min: 0.5, max: r.steps + 0.5, minInterval: 1, axisLabel: {formatter: v => Number.isInteger(v) ? v : ''}, splitLine: {show: false}}),
        yAxis: value('neuron', 40, {axisLine: {onZero: false},min: -0.5, max: r.neurons - 0.5, minInterval: 1, axisLabel: {formatter: v => Number.isInteger(v) ? v : ''}, splitLine: {show: false}}),
        tooltip: {formatter: p => 'step ' + p.value[0] + ', neuron ' + p.value[1]},
        series: [{type: 'scatter', symbol: 'rect', symbolSize: r.neurons > 40 ? [6, 2] : [9, 6], color: colour(layer), data: r.spikes.map(([step, neuron]) => [step + 1, neuron]), large: false}]}));
    });
  }

  // ---------------------------------------------------------------------------------------------- bits
  function bits() {
    const into = section('Bits', 'Accuracy on the test samples with its 95 % interval (Wilson), beside the bytes of weights, scales and biases.');
    if (!run.models.length) {
      into.append(missing('No model was judged yet.'));
    } else {
      const low = Math.min(...run.models.map(m => m.low));
      figure(into, 'Accuracy by bits', 'Dots with their intervals.', '', () => ({grid: {left: 72, right: 24, top: 24, bottom: 52},
        xAxis: category('', run.models.map(m => m.name)), yAxis: value('%', 52, {min: Math.floor(100 * low - 0.2), axisLabel: {formatter: v => significant(v)}, scale: true}),
        tooltip: {formatter: p => { const m = run.models[p.dataIndex]; return escape(m.name) + ': ' + percent(m.accuracy) + ' (' + percent(m.low) + ' … ' + percent(m.high) + '), ' + size(m.bytes); }},
        series: [{type: 'custom', renderItem: (p, api) => {
          const x = api.coord([p.dataIndex, 0])[0], top = api.coord([0, api.value(2)])[1], bottom = api.coord([0, api.value(1)])[1];
          const line = (x1, y1, x2, y2) => ({type: 'line', shape: {x1, y1, x2, y2}, style: {stroke: style('--soft'), lineWidth: 1.5}});
          return {type: 'group', children: [line(x, top, x, bottom), line(x - 8, top, x + 8, top), line(x - 8, bottom, x + 8, bottom)]};
        }, data: run.models.map((m, i) => [i, 100 * m.low, 100 * m.high]), encode: {x: 0, y: [1, 2]}, silent: true},
        {type: 'scatter', symbolSize: 12, color: style('--accent'), data: run.models.map((m, i) => [i, 100 * m.accuracy]),
          label: {show: true, position: 'right', distance: 10, color: style('--ink'), formatter: p => fixed(p.value[1], 2)}}]}),
      table(['Model', 'Bits of the layers', '#Accuracy', '#95 % from', '#to', '#Test samples', '#Bytes'], run.models.map(m =>
        [m.name, m.bits, percent(m.accuracy), percent(m.low), percent(m.high), count(m.samples), count(m.bytes)])));
    }
    if (run.layers.length) {
      into.append(table(['Layer', 'Shape', '#Weights', '#Bits', '#Bytes', '#Spike rate', '#θ'], run.layers.map(l =>
        [l.name, l.kind, count(l.weights), l.bits, count(l.bytes), percent(l.spikeRate, 1), significant(l.threshold)])));
    }
    if (run.bits.length) {
      into.append(node('p', {class: 'lead'}, 'Bits by sensitivity: Ω is the mean curvature of the loss over a layer\'s weights (Hutchinson\'s estimate of the Hessian\'s trace, by number of weights) '
        + 'times the squared error of rounding them; the bits with the smallest sum of Ω within the budget are taken.'),
      table(['Choice', 'Bits of the layers', '#Sum of Ω', '#Bytes', '#Accuracy, weights rounded, untrained'], run.bits.map(b =>
        [b.name, b.bits.join(', '), significant(b.sensitivity.reduce((s, x) => s + x, 0)), count(b.bytes), percent(b.accuracy)])));
      figure(into, 'Sensitivity by layer', 'Ω of each layer at the bits of each choice, a logarithmic axis.', '', () => ({legend: {data: run.bits.map(b => b.name)}, grid: {left: 76, right: 24, top: 60, bottom: 52}, tooltip: axisTip(''),
        xAxis: category('', run.bits[0].bits.map((_, i) => layerName(i))), yAxis: Object.assign(value('Ω', 56), {type: 'log', axisLine: {onZero: false}, axisLabel: {formatter: v => v.toExponential(0)}}),
        series: run.bits.map((b, i) => ({name: b.name, type: 'scatter', symbol: ['circle', 'rect', 'triangle', 'diamond'][i % 4], symbolSize: 13, color: colour(i), data: b.sensitivity.map(x => x > 0 ? Number(x.toPrecision(3)) : null)}))}));
    }
  }

  /** What the integers do on the test samples, a figure a row. */
  function integers() {
    const into = section('In integers', 'The converted model alone on the test samples, all of it measured. Operations are of one sample in the mean, as NeuroBench defines them: '
      + 'effective ones have neither an input nor a weight of 0; on spikes they are accumulates, on other inputs (values, sums of a pool) multiply-accumulates.');
    const m = run.inference;
    if (!m) {
      into.append(missing('There is no network in integers: it was trained in floats, or the run is not finished.'));
      return;
    }
    const milliseconds = x => significant(x) + ' ms';
    const rows = [
      ['Accuracy', percent(m.accuracy) + ' of ' + count(m.samples) + ' samples (95 % interval ' + fixed(100 * m.accuracyLow, 2) + ' … ' + percent(m.accuracyHigh) + ')'],
      ['Throughput', count(Math.round(m.samplesPerSecond)) + ' samples/s in batches of ' + count(m.batch) + ', ' + m.backend],
      ['Latency of a batch', 'p50 ' + milliseconds(m.p50Ms) + ', p95 ' + milliseconds(m.p95Ms) + ', p99 ' + milliseconds(m.p99Ms) + ' (' + count(m.timedCalls) + ' calls after warm-up)'],
      ['Model file', count(m.modelBytes) + ' bytes'],
      ['Memory', count(m.weightBytes) + ' bytes of weights, ' + count(m.peakDeviceBytes) + ' bytes at most on the backend'],
      ['Spike rate', percent(m.spikeRate) + ', sparsity ' + percent(m.sparsity)],
      ['First spike of the outputs', m.firstSpikeStep === null ? 'none' : 'step ' + fixed(m.firstSpikeStep, 2) + ' of ' + m.steps + ' in the mean; '
        + (m.silentSamples ? 'none for ' + percent(m.silentSamples) + ' of the samples' : 'every sample has one')],
      ['First spikes in the layers', 'step ' + m.firstSpikeSteps.map(x => x === null ? '–' : fixed(x, 2)).join(', ') + ' in the mean of the neurons that fire'],
      ['Effective operations', count(Math.round(m.effectiveAcs)) + ' accumulates, ' + count(Math.round(m.effectiveMacs)) + ' multiply-accumulates'],
      ['Dense operations', count(Math.round(m.denseOperations))],
      ['Weights of 0', percent(m.connectionSparsity)]];
    m.energy.forEach(e => rows.push(['Energy, ' + e.source, e.joules === null ? e.note
      : significant(e.joules) + ' J in ' + fixed(e.seconds, 2) + ' s of timed calls (' + e.note + '), ' + significant(1e3 * e.joules / (m.timedCalls * m.batch)) + ' mJ a sample']));
    into.append(table(['', ''], rows));
  }

  function encoders() {
    if (!run.encoders.length) {
      return;
    }
    const into = section('Encoders', 'What each code makes of the same samples. Sparsity is 1 − spike rate; the spread is the standard deviation over the inputs of their mean count.');
    into.append(table(['Encoder', '#Spike rate', '#Sparsity', '#Spikes of an input', '#Spread', '#Silent inputs'], run.encoders.map(e =>
      [e.name, percent(e.rate), percent(e.sparsity), fixed(e.meanCount, 2), fixed(e.countSpread, 2), percent(e.silentInputs, 1)])));
  }

  function provenance() {
    const into = section('How this was made', '');
    into.append(table(['', '$'], Object.entries(run.facts)));
    if (run.commands.length) {
      into.append(node('p', {class: 'lead'}, 'To do it again:'), node('pre', {}, run.commands.join('\n')));
    }
  }

  summary();
  gates();
  integers();
  learning();
  health();
  membranes();
  rasters();
  bits();
  encoders();
  provenance();
  document.getElementById('footer').textContent = 'Charts: Apache ECharts ' + echarts.version + ' (Apache-2.0).';
  show();
})();
