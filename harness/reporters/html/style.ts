/** Light and dark, screen and print; no font, image or script from elsewhere. */
export const style = `
:root{color-scheme:light dark;--ink:#1a1d21;--dim:#596069;--line:#d5d9de;--back:#fff;--card:#f6f7f9;--good:#1a6b35;--goodback:#dff3e4;--bad:#a3171f;--badback:#fde4e5;--unsure:#7a5200;--unsureback:#fdf0d0;--arrivals:#b9c0c9;--served:#2f9e58;--fault:#e5484d;--p50:#2563c9;--p95:#8a3ffc;--event:#2563c9;--action:#b35900}
@media (prefers-color-scheme:dark){:root{--ink:#e8eaed;--dim:#a4acb6;--line:#3a414a;--back:#15181c;--card:#1d2126;--good:#7fd89b;--goodback:#173823;--bad:#ff9a9e;--badback:#47191c;--unsure:#f0c668;--unsureback:#3f3110;--arrivals:#4a525c;--served:#3aa963;--fault:#e5484d;--p50:#7aa7ff;--p95:#c39bff;--event:#7aa7ff;--action:#ffb066}}
*{box-sizing:border-box}
body{margin:0;font:16px/1.5 system-ui,"Noto Sans KR","Apple SD Gothic Neo",sans-serif;color:var(--ink);background:var(--back);overflow-wrap:anywhere}
main{max-width:1360px;margin:0 auto;padding:16px}
h1{font-size:1.5rem;margin:.2em 0}h2{font-size:1.25rem;margin:1.6em 0 .4em;padding-top:.8em;border-top:1px solid var(--line)}h3{font-size:1rem;margin:1.2em 0 .4em}
header{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;justify-content:space-between}
.facts{color:var(--dim);margin:0}.lead{font-size:1.1rem;margin:.4em 0}
code,pre{font:13px/1.5 ui-monospace,monospace}pre{background:var(--card);padding:8px 12px;border-radius:6px;overflow-x:auto;white-space:pre-wrap}
.badge{display:inline-block;border-radius:5px;padding:0 .5em;font-weight:600;white-space:nowrap}
.badge.good{color:var(--good);background:var(--goodback)}.badge.bad{color:var(--bad);background:var(--badback)}.badge.unsure{color:var(--unsure);background:var(--unsureback)}.badge.none{color:var(--dim)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;vertical-align:top;padding:5px 10px 5px 0;border-bottom:1px solid var(--line);overflow-wrap:break-word}th{color:var(--dim);font-weight:600;white-space:nowrap}td.n{font-variant-numeric:tabular-nums;white-space:nowrap}th[scope=row],td.role{white-space:nowrap}td.title{min-width:16em}td.cell{min-width:9em}td.source{min-width:10em}
.said{color:var(--dim);font-size:.85rem;display:block}
.arms{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,390px),1fr));gap:12px}
figure{margin:0;background:var(--card);border-radius:8px;padding:10px}figcaption{display:flex;flex-wrap:wrap;gap:4px 10px;align-items:baseline;justify-content:space-between;font-size:.9rem}
svg{width:100%;height:auto;display:block}.arrivals{fill:var(--arrivals)}.served{fill:var(--served)}.fault{fill:var(--fault);fill-opacity:.14}.planned{fill:none;stroke:var(--fault);stroke-opacity:.5;stroke-dasharray:3 3}.window.good{fill:var(--good)}.window.bad{fill:var(--bad)}.window.unsure{fill:var(--unsure)}.threshold{stroke-width:1.4;stroke-dasharray:5 3}.threshold.good{stroke:var(--good)}.threshold.bad{stroke:var(--bad)}.threshold.unsure{stroke:var(--unsure)}.p50,.p95{fill:none;stroke-width:1.6}.p50{stroke:var(--p50)}.p95{stroke:var(--p95)}.grid,.act{stroke:var(--line);stroke-width:1}.act{stroke-dasharray:2 3}.axis{font-size:11px;fill:var(--ink)}.dim{fill:var(--dim)}.mark.event{fill:var(--event)}.mark.action{fill:var(--action)}
summary{cursor:pointer;color:var(--dim);padding:4px 0}button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:4px 12px;cursor:pointer}
:focus-visible{outline:3px solid var(--p50);outline-offset:2px}
.ko{display:none}:root[lang=ko] .ko{display:inline}:root[lang=ko] .en{display:none}
@media print{button{display:none}figure{break-inside:avoid}details>*{display:block}}
`
