"""The page of a comparison, as templates."""

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-weight: 600; font-size: 1.6rem; margin-bottom: .5rem; }
</style>
<h1>{{ title }}</h1>
{{ body }}
</html>
"""

SECTIONS = """<style>
  .compared { --line: color-mix(in srgb, CanvasText 18%, Canvas); --faint: color-mix(in srgb, CanvasText 62%, Canvas);
              --ground: color-mix(in srgb, CanvasText 5%, Canvas); overflow-wrap: break-word; }
  .compared h2 { font-size: 1.2rem; font-weight: 600; margin: 2.2rem 0 .6rem; }
  .compared h3 { font-size: 1rem; font-weight: 600; margin: 1.4rem 0 .3rem; }
  .compared code, .compared pre { font-family: ui-monospace, monospace; font-size: .86em; }
  .compared pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.4; }
  .compared table { border-collapse: collapse; width: 100%; }
  .compared th { font-weight: 500; text-align: left; color: var(--faint); vertical-align: bottom; }
  .compared th, .compared td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); }
  .compared td.n { font-variant-numeric: tabular-nums; white-space: nowrap; }
  .compared .scroll { overflow-x: auto; }
  .compared .faint { color: var(--faint); }
  .compared .dot { display: inline-block; width: .65em; height: .65em; border-radius: 50%; margin-right: .45em;
                   background: var(--line); }
  .compared .done, .compared .same { background: #2f855a; }
  .compared .failing, .compared .differ { background: #c05621; }
  .compared .kind { background: #b7950b; }
  .compared .sides { display: grid; gap: .8rem;
                     grid-template-columns: repeat({{ it.sides | length }}, minmax(0, 1fr)); }
  .compared .box { background: var(--ground); border-radius: .4rem; padding: .5rem .8rem; }
  .compared .box b { display: block; font-weight: 500; color: var(--faint); font-size: .86em; }
  .compared article { break-inside: avoid; }
  .compared .code { width: 100%; table-layout: fixed; }
  .compared .code td { border: 0; padding: 0 .5rem; vertical-align: top; width: 50%; }
  .compared .code td + td { border-left: 1px solid var(--line); }
  .compared .code .changed td { background: color-mix(in srgb, #d69e2e 16%, Canvas); }
  .compared .code td.gap { background: repeating-linear-gradient(45deg, var(--ground) 0 4px, transparent 4px 8px); }
  .compared mark { background: color-mix(in srgb, #d69e2e 45%, Canvas); color: inherit; border-radius: .15em; }
  .compared li { margin: .25rem 0; }
  @media (max-width: 40rem) {
    .compared table { font-size: .82rem; } .compared .glance td code { overflow-wrap: anywhere; }
    .compared .glance th:first-child, .compared .glance th:last-child { min-width: 6.5rem; }
    .compared th, .compared td { padding-right: .4rem; }
    .compared .sides { grid-template-columns: minmax(0, 1fr); }
    .compared .code pre { font-size: .7em; }
    .compared .code td { padding: 0 .25rem; }
  }
  @media print {
    .compared h2, .compared h2 + p { break-after: avoid; } .compared mark { text-decoration: underline; }
    .compared h3 { break-after: avoid; } .compared .code { break-inside: avoid; }
    .compared .scroll { overflow: visible; }
  }
</style>
{% macro results(difference) %}
<div class="sides">
{% for result in difference.results %}
<div class="box"><b>{{ it.names[loop.index0] | shown }}</b><pre>{{ result | shown }}</pre></div>
{% endfor %}
</div>
{% endmacro %}
<div class="compared">
{% if not sealed %}
<p class="faint">The notebooks ran unsealed, as was asked for.</p>
{% endif %}
{% for side in it.sides if side.problems %}
<p><b>{{ side.name }}</b>:{% for problem in side.problems[:5] %} {{ problem | prose }}{% endfor %}
{% if side.problems | length > 5 %} And {{ side.problems | length - 5 }} more.{% endif %}</p>
{% endfor %}
<h2>To talk about</h2>
<ul>
{% for sentence in it.talk %}
<li>{{ sentence | prose }}</li>
{% else %}
<li>No difference was found. Read each other's code: where would you have done otherwise?</li>
{% endfor %}
</ul>
{% if prompts %}
{{ prompts }}
{% endif %}
<h2>At a glance</h2>
<div class="scroll"><table class="glance">
<tr><th>exercise</th>{% for name in it.names %}<th>{{ name | shown }}</th>{% endfor %}<th>results</th></tr>
{% for each in it.exercises %}
<tr><td><code>{{ each.name }}</code>{% if each.stretch %} <span class="faint">stretch</span>{% endif %}</td>
{% for standing in each.standings %}
<td><span class="dot {{ standing }}"></span>{{ words[standing] }}</td>
{% endfor %}
<td><span class="dot {{ behaviour(each)[0] }}"></span>{{ behaviour(each)[1] }}</td></tr>
{% endfor %}
</table></div>
{% if differing %}
<h2>Where results differ</h2>
<p class="faint">The smallest input found on which they do.</p>
{% for each in differing %}
<article><h3><code>{{ each.name }}</code></h3>
<pre>{{ each.difference.call | shown }}</pre>
{{ results(each.difference) }}
<p>{{ "In kind" if each.difference.of_kind else "In value" }}: {{ each.difference.sentence | shown }}.
{{ verdict(it, each) }}</p></article>
{% endfor %}
{% endif %}
{% if kinds %}
<h2>Only in kind</h2>
<p class="faint">Tests take either.</p>
{% for each in kinds %}
<article><h3><code>{{ each.name }}</code></h3>
<pre>{{ each.kind.call | shown }}</pre>
{{ results(each.kind) }}
<p>{{ each.kind.sentence | shown }}</p></article>
{% endfor %}
{% endif %}
{% if it.broken %}
<h2>Your tests on each other's code</h2>
<ul>
{% for broken in it.broken %}
<li><code>{{ broken.test }}</code> of {{ it.names[broken.by] | shown }} on the code of
{{ it.names[broken.on] | shown }}:
{% if broken.raised is none %}lets it pass{% else %}raises <code>{{ broken.raised | shown }}</code>{% endif %}</li>
{% endfor %}
</ul>
{% endif %}
{% if worked %}
<h2>Work</h2>
<p class="faint">One and the same call, measured beside each one's code: the torch operations as the input grows, then
time and memory at its largest, in the same order and as multiples of the least.</p>
<div class="scroll"><table>
<tr><th>exercise</th><th>rows</th>{% for name in it.names %}<th>operations, {{ name | shown }}</th>{% endfor %}
<th>time</th><th>memory</th></tr>
{% for each in worked %}
<tr><td><code>{{ each.name }}</code></td>
<td class="n">{% if each.work.sizes[-1] %}{{ each.work.sizes | growth }}{% endif %}</td>
{% for counts in each.work.operations %}<td class="n">{{ counts | growth }}</td>{% endfor %}
<td class="n">{{ each.work.time | shares }}</td><td class="n">{{ each.work.memory | shares }}</td></tr>
{% endfor %}
</table></div>
{% endif %}
{% if coded or alike != "`-`" %}
<h2>Code</h2>
<p class="faint">Without comments and docstrings, and set alike.</p>
{% if alike != "`-`" %}<p>The same line by line: {{ alike | prose }}.</p>{% endif %}
{% for each in coded %}
<h3><code>{{ each.name }}</code></h3>
{% for pair in each.code if pair.changed %}
<table class="code">
<tr><th>{{ it.names[pair.left] | shown }}</th><th>{{ it.names[pair.right] | shown }}</th></tr>
{% for line in pair.lines %}
{% set halves = line | marked %}
<tr{% if not line.same %} class="changed"{% endif %}>
<td{% if line.left is none %} class="gap"{% endif %}><pre>{{ halves[0] }}</pre></td>
<td{% if line.right is none %} class="gap"{% endif %}><pre>{{ halves[1] }}</pre></td></tr>
{% endfor %}
</table>
{% endfor %}
{% endfor %}
{% endif %}
</div>
"""
