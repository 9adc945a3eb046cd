/// How the inbox's pages look: one sheet, light and dark, narrow and wide.
enum InboxStyle {
    static let templateBytes = """

        :root { --ink: #1d2329; --soft: #56606b; --line: #d6dbe0; --ground: #f6f7f8; --sheet: #fff; --link: #0b57a4; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e4e7ea; --soft: #a3adb8; --line: #39414a; --ground: #14181c; --sheet: #1c2127; --link: #8fc1f7; }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 68rem; color: var(--ink); background: var(--ground);
          font: 1rem/1.5 system-ui, sans-serif; }
        h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
        h2 { margin: 1.75rem 0 .5rem; font-size: 1rem; }
        p { margin: .25rem 0; }
        a { color: var(--link); }
        :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
        .note, .count, footer { color: var(--soft); }
        .count strong { color: var(--ink); }
        form { margin: 1rem 0 .5rem; display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
        input, button { font: inherit; padding: .3rem .6rem; color: inherit; background: var(--sheet);
          border: 1px solid var(--soft); border-radius: .3rem; }
        input { flex: 1 1 14rem; max-width: 24rem; }
        table { width: 100%; margin-top: 1rem; border-collapse: collapse; background: var(--sheet);
          border: 1px solid var(--line); table-layout: fixed; }
        th, td { padding: .5rem .75rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line);
          overflow-wrap: anywhere; }
        th { border-top: 0; font-size: .875rem; color: var(--soft); font-weight: 600; }
        th:nth-child(1) { width: 32%; } th:nth-child(3) { width: 12rem; } th:nth-child(4) { width: 6.5rem; }
        tbody tr:hover { background: var(--ground); }
        .size { text-align: right; } .size, .when { font-variant-numeric: tabular-nums; white-space: nowrap; }
        .empty { margin: 2rem 0; padding: 2rem; text-align: center; color: var(--soft); background: var(--sheet);
          border: 1px solid var(--line); }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 1rem 0; }
        dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
        iframe { display: block; width: 100%; height: min(75vh, 48rem); border: 1px solid var(--line); background: #fff;
          color-scheme: light; }
        pre { margin: 0; padding: 1rem; overflow-x: auto; background: var(--sheet); border: 1px solid var(--line);
          font: .875rem/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
        footer { margin-top: 1.5rem; font-size: .875rem; }
        code { font-family: ui-monospace, monospace; color: var(--ink); }
        @media (max-width: 40rem) {
          thead { display: none; } tr { display: block; padding: .5rem .75rem; border-top: 1px solid var(--line); }
          td { display: block; padding: 0; border: 0; text-align: left; } .when, .size { color: var(--soft); display: inline; }
          dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; }
        }

        """
}
