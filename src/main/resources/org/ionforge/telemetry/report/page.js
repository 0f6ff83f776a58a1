'use strict';
// What a page is built of: sections, tables, charts that follow the colours of the day and the night. Text from outside goes through
// textContent or `escape`, never into markup as it is.
const page = (() => {
  const countries = JSON.parse(document.getElementById('countries').textContent);
  if (countries) {
    echarts.registerMap('world', countries);
  }

  const charts = [];

  const count = n => Number(n).toLocaleString('en-GB');
  const fixed = (x, digits) => x === null || x === undefined || !Number.isFinite(Number(x)) ? '–' : Number(x).toFixed(digits);
  const escape = text => echarts.format.encodeHTML(String(text));
  const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function node(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      made.setAttribute(name, value);
    }
    for (const child of children) {
      made.append(child);
    }
    return made;
  }

  function section(title, lead) {
    const made = node('section', {}, node('h2', {}, title));
    if (lead) {
      made.append(node('p', {class: 'lead'}, lead));
    }
    document.getElementById('main').append(made);
    return made;
  }

  const missing = text => node('p', {class: 'missing'}, text);

  /** Columns: names; one that starts with '#' holds numbers, one with '$' raw text. */
  function table(columns, rows) {
    const kind = name => name[0] === '#' ? 'number' : name[0] === '$' ? 'raw' : '';
    const head = node('tr', {}, ...columns.map(c => node('th', {scope: 'col', class: kind(c)}, c.replace(/^[#$]/, ''))));
    const body = rows.map(row => node('tr', {}, ...row.map((cell, i) => node('td', {class: kind(columns[i])}, String(cell)))));
    return node('div', {class: 'scroll'}, node('table', {}, node('thead', {}, head), node('tbody', {}, ...body)));
  }

  const folded = (title, content) => node('details', {}, node('summary', {}, title), content);

  /** A chart with its title, what it shows in words, and its numbers as a table. `option` is called again when the colours change. */
  function figure(parent, title, words, size, option, numbers) {
    const box = node('div', {class: 'chart ' + size, role: 'img', 'aria-label': title + '. ' + words});
    const made = node('figure', {}, node('figcaption', {}, node('b', {}, title), node('span', {}, words)), box);
    if (numbers) {
      made.append(folded('The numbers', numbers));
    }
    parent.append(made);
    charts.push({box, option, chart: null});
  }

  function themed(option) {
    const ink = style('--ink'), soft = style('--soft'), line = style('--line');
    const axis = a => Object.assign({nameLocation: 'middle', nameTextStyle: {color: soft}, axisLine: {lineStyle: {color: soft}},
      axisLabel: {color: soft}, axisTick: {show: false}, splitLine: {lineStyle: {color: line}}}, a,
      a.axisLabel ? {axisLabel: Object.assign({color: soft}, a.axisLabel)} : {});
    for (const key of ['xAxis', 'yAxis']) {
      if (option[key]) {
        option[key] = Array.isArray(option[key]) ? option[key].map(axis) : axis(option[key]);
      }
    }
    const tooltip = {backgroundColor: style('--card'), borderColor: line, textStyle: {color: ink}, confine: true};
    return Object.assign({animation: false, backgroundColor: 'transparent', textStyle: {color: ink},
      aria: {enabled: true}, grid: {left: 64, right: 24, top: 36, bottom: 52}}, option,
      {tooltip: Object.assign(tooltip, option.tooltip), legend: option.legend && Object.assign({textStyle: {color: ink}, itemWidth: 16, itemHeight: 10, itemGap: 8, top: 0}, option.legend)});
  }

  function draw() {
    for (const entry of charts) {
      if (entry.chart) {
        entry.chart.dispose();
      }
      entry.chart = echarts.init(entry.box, null, {renderer: 'svg'});
      entry.chart.setOption(themed(entry.option()));
    }
  }

  const category = (name, data, gap) => ({type: 'category', name, data, nameGap: gap || 32, axisLabel: data.length <= 12 ? {interval: 0} : {}});
  const short = v => Math.abs(v) >= 1e6 ? v / 1e6 + ' M' : Math.abs(v) >= 1e4 ? v / 1e3 + ' k' : String(v);
  const value = (name, gap, more) => Object.assign({type: 'value', name, nameGap: gap || 44, axisLabel: {formatter: short}}, more);
  const axisTip = unit => ({trigger: 'axis', valueFormatter: v => v === null || v === undefined ? '–' : v + (unit ? ' ' + unit : '')});

  function bars(labels, values, xName, yName, fill) {
    return () => ({xAxis: category(xName, labels), yAxis: value(yName, 48), tooltip: axisTip(''),
      series: [{name: yName, type: 'bar', data: values, itemStyle: {color: fill || style('--accent')}, barCategoryGap: '20%', barMaxWidth: 56}]});
  }

  /** Draws the charts, again whenever the colours or the room for them change. */
  function show() {
    draw();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
    const resized = new ResizeObserver(entries => entries.forEach(e => charts.find(c => c.box === e.target).chart.resize()));
    charts.forEach(c => resized.observe(c.box));
    // For whoever checks the page without looking: how many charts have something drawn in them.
    document.documentElement.dataset.charts = charts.filter(c => c.box.querySelector('svg path')).length + ' of ' + charts.length;
  }

  return {count, fixed, escape, style, node, section, missing, table, folded, figure, category, value, axisTip, bars, show};
})();
