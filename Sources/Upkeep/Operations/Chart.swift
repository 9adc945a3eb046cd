/// Charts as SVG, drawn here: no script, colours by class, so that a dark screen has its own. Each says in words what it
/// shows, and the figures stand in a table beside it.
enum Chart {
    /// A part of a bar, in a colour of ours.
    struct Part: Sendable {
        let colour: String
        let value: Int
    }

    struct Row: Sendable {
        let name: String
        let parts: [Part]
        /// What stands at the end of the bar.
        let figure: String
        var total: Int { parts.reduce(0) { $0 + $1.value } }
    }

    private static let width = 640

    /// Bars that lie, one a row, all to the same scale.
    static func bars(_ rows: [Row], saying words: String) -> String {
        let (left, right, step) = (120, 110, 30)
        let room = width - left - right
        let most = max(1, rows.map(\.total).max() ?? 1)
        return svg(height: rows.count * step + 4, words) { svg in
            for (index, row) in rows.enumerated() {
                let top = index * step + 4
                svg.element("text", ["x": "\(left - 10)", "y": "\(top + 16)", "class": "name"], row.name)
                svg.shape(
                    "rect", ["x": "\(left)", "y": "\(top)", "width": "\(room)", "height": "22", "class": "trough"])
                var done = 0
                for part in row.parts where part.value > 0 {
                    let from = done * room / most
                    done += part.value
                    // A single refusal among thousands is to be seen, too.
                    let size = max(2, done * room / most - from)
                    svg.shape(
                        "rect",
                        [
                            "x": "\(left + min(from, room - size))", "y": "\(top)", "width": "\(size)", "height": "22",
                            "class": part.colour,
                        ])
                }
                svg.element("text", ["x": "\(width - right + 10)", "y": "\(top + 16)"], row.figure)
            }
        }
    }

    /// Columns that stand, one a step of time; `first` and `last` are said below the two ends.
    static func columns(_ values: [Int], first: String, last: String, saying words: String) -> String {
        let (height, base) = (150, 122)
        let most = max(1, values.max() ?? 1)
        let step = (width - 60) / max(1, values.count)
        return svg(height: height, words) { svg in
            for (share, value) in [(1, most), (2, most / 2)] where value > 0 && (share == 1 || most > 1) {
                let y = base - (base - 14) / share
                svg.shape(
                    "line", ["x1": "52", "x2": "\(width)", "y1": "\(y)", "y2": "\(y)", "class": "line"])
                svg.element("text", ["x": "44", "y": "\(y + 5)", "class": "name"], "\(value)")
            }
            svg.shape("line", ["x1": "52", "x2": "\(width)", "y1": "\(base)", "y2": "\(base)", "class": "base"])
            for (index, value) in values.enumerated() where value > 0 {
                let tall = max(2, value * (base - 14) / most)
                svg.shape(
                    "rect",
                    [
                        "x": "\(56 + index * step)", "y": "\(base - tall)", "width": "\(max(1, step - 2))",
                        "height": "\(tall)", "class": "good",
                    ])
            }
            svg.element("text", ["x": "52", "y": "\(height - 6)"], first)
            svg.element("text", ["x": "\(width)", "y": "\(height - 6)", "class": "name"], last)
        }
    }

    private static func svg(height: Int, _ words: String, _ body: (inout Markup) -> Void) -> String {
        var markup = Markup()
        markup.element("svg", ["viewBox": "0 0 \(width) \(height)", "role": "img", "aria-label": words], body)
        return markup.text
    }
}
