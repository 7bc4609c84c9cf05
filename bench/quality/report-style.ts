/** The style sheet of the report, for screens, telephones and print. */
export const reportStyle = `
:root { color: #1d2935; background: #f6f7f9; font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; }
body { margin: 0; }
header, main { max-width: 62rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.5rem; }
.name { margin: 0; letter-spacing: .14em; text-transform: uppercase; font-size: .8rem; color: #20618f; font-weight: 600; }
h1 { margin: .2rem 0 .8rem; font: 600 2.3rem/1.15 Georgia, "Times New Roman", serif; }
h2 { margin: 0 0 .7rem; font: 600 1.5rem/1.2 Georgia, "Times New Roman", serif; }
h3 { margin: 1.6rem 0 .3rem; font-size: 1rem; }
header p, section > p { max-width: 46rem; margin: 0 0 .7rem; color: #3b4854; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: .8rem; margin: 1.6rem 0; }
.tiles div { background: #fff; border: 1px solid #e2e6ea; border-radius: 8px; padding: .9rem 1rem; }
.tiles strong { display: block; font: 600 1.9rem/1.1 Georgia, "Times New Roman", serif; color: #20618f; }
.tiles span { display: block; margin-top: .35rem; font-size: .84rem; line-height: 1.35; color: #66727f; }
nav { display: flex; flex-wrap: wrap; gap: .35rem 1.2rem; margin-bottom: 1.5rem; font-size: .92rem; }
a { color: #20618f; text-underline-offset: .18em; }
section { background: #fff; border: 1px solid #e2e6ea; border-radius: 10px; padding: 1.6rem 1.7rem; margin-bottom: 1.5rem; }
figure { margin: 1.2rem 0; overflow-x: auto; }
svg { max-width: 100%; height: auto; }
.wide { overflow-x: auto; margin-top: .8rem; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; min-width: 60%; }
th, td { padding: .38rem .7rem; text-align: right; border-bottom: 1px solid #e9ecef; white-space: nowrap; }
th { font-weight: 600; color: #66727f; white-space: normal; vertical-align: bottom; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
tbody tr:hover { background: #f6f9fb; }
tr.bad td { color: #b4453d; font-weight: 600; }
summary { cursor: pointer; margin-top: 1.2rem; font-weight: 600; color: #20618f; }
@media print { :root { background: #fff; } section { break-inside: avoid-page; border: 0; padding: 0; } }
`;
