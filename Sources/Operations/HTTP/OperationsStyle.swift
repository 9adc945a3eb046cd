/// The style sheet of the operations page: light and dark, down to the width of a phone.
enum OperationsStyle {
    static let text = """
        :root {
          color-scheme: light dark;
          --page: #efece4; --paper: #fffdf8; --ink: #22252a; --soft: #55595f; --accent: #0a5a55; --rule: #d8d2c4;
          --box: #eef4f2; --alert: #8a1c1c; --good: #0a6b5e; --fair: #b26a00; --bad: #b3261e; --plain: #6d7a86;
          --trough: #ece7da;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #121516; --paper: #1b1f20; --ink: #e8e6e1; --soft: #b9bdbb; --accent: #86d0c6; --rule: #3b4243;
            --box: #232b2b; --alert: #ffb4a8; --good: #5fc0ae; --fair: #e0a34a; --bad: #f2857a; --plain: #93a1ad;
            --trough: #262c2d;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body {
          margin: 0; padding: 1.5rem 0.75rem; background: var(--page); color: var(--ink); overflow-wrap: anywhere;
          font: 1rem/1.55 -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif;
        }
        main, header, footer { max-width: 60rem; margin: 0 auto; }
        main { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
        h1, h2 { font-family: Georgia, "Times New Roman", serif; line-height: 1.25; }
        h1 { margin: 0; font-size: 2rem; }
        h2 { margin: 0 0 0.75rem; font-size: 1.25rem; }
        header p { margin: 0.25rem 0 1rem; color: var(--soft); }
        section { padding: 1.25rem 1.5rem; background: var(--paper); border-top: 4px solid var(--accent); }
        section.wide { grid-column: 1 / -1; }
        section.alert { border-color: var(--alert); }
        .state { margin: 0 0 0.75rem; font-size: 1.125rem; font-weight: bold; }
        .state.bad { color: var(--alert); }
        .state.good { color: var(--good); }
        ul { margin: 0; padding-inline-start: 1.25rem; }
        li { margin: 0.25rem 0; }
        dl { margin: 0; display: grid; grid-template-columns: max-content 1fr; gap: 0.3rem 1rem; }
        dt { color: var(--soft); }
        dd { margin: 0; }
        a { color: var(--accent); text-underline-offset: 0.15em; }
        footer { padding: 0.75rem 0; color: var(--soft); }
        footer a { display: inline-block; min-height: 1.5rem; margin-inline-end: 1rem; padding: 0.25rem 0; }
        a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
        .bars { margin: 0; padding: 0; list-style: none; }
        .bars li { display: grid; grid-template-columns: 7.5rem 1fr 8rem; gap: 0.75rem; align-items: center; margin: 0.4rem 0; }
        .bar, .columns { display: block; width: 100%; height: 1.4rem; }
        .columns { height: 8rem; border-bottom: 1px solid var(--soft); }
        .figure { font-variant-numeric: tabular-nums; }
        .ends { display: flex; justify-content: space-between; margin: 0.25rem 0 0; color: var(--soft); }
        .trough { fill: var(--trough); }
        .good { fill: var(--good); } .fair { fill: var(--fair); } .bad { fill: var(--bad); } .plain { fill: var(--plain); }
        .key { margin: 0 0 0.75rem; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; }
        .key li { margin: 0; }
        .key svg { display: inline-block; width: 0.8rem; height: 0.8rem; margin-inline-end: 0.4rem; vertical-align: -0.05rem; }
        details { margin-top: 1rem; }
        summary { min-height: 1.5rem; padding: 0.25rem 0; color: var(--accent); cursor: pointer; }
        .scroll { overflow-x: auto; }
        table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: 0.35rem 0.6rem 0.35rem 0; border-bottom: 1px solid var(--rule); text-align: end; }
        th:first-child { text-align: start; }
        thead th { color: var(--soft); font-weight: normal; }
        @media (max-width: 30rem) {
          body { padding: 0.75rem 0; }
          header, footer { padding: 0 1rem; }
          section { padding: 1rem; }
          dl { grid-template-columns: 1fr; gap: 0; }
          dd { margin: 0 0 0.5rem; }
          .bars li { grid-template-columns: 1fr auto; gap: 0 0.75rem; }
          .bars .bar { grid-column: 1 / -1; grid-row: 2; }
        }
        @media print { body { background: #fff; } section { break-inside: avoid; border: 1px solid #999; } }

        """
}
