import Bulletin

/// Charts, drawn here: the shapes are SVG that stretches, the words beside them are text of the page, legible at any width.
/// No script; colours by class, so that a dark screen has its own. The figures stand in words beside every shape.
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

    /// Units of a drawing from left to right; it is stretched to what room there is.
    private static let width = 1000

    /// Bars that lie, one a row, all to the same scale.
    static func bars(_ rows: [Row], in section: inout Markup) {
        let most = max(1, rows.map(\.total).max() ?? 1)
        section.element("ul", ["class": "bars"]) { list in
            for row in rows {
                list.element("li") { item in
                    item.element("span", ["class": "name"], row.name)
                    item.raw(drawing(height: 10) { bar(row, of: most, &$0) })
                    item.element("span", ["class": "figure"], row.figure)
                }
            }
        }
    }

    private static func bar(_ row: Row, of most: Int, _ svg: inout Markup) {
        svg.shape("rect", ["width": "\(width)", "height": "10", "class": "trough"])
        var done = 0
        for part in row.parts where part.value > 0 {
            let from = done * width / most
            done += part.value
            // A single refusal among thousands is to be seen, too.
            let size = max(6, done * width / most - from)
            svg.shape(
                "rect",
                ["x": "\(min(from, width - size))", "width": "\(size)", "height": "10", "class": part.colour])
        }
    }

    /// Columns that stand, one a step of time, the last at the right.
    static func columns(_ values: [Int], in section: inout Markup) {
        let (most, height) = (max(1, values.max() ?? 1), 100)
        let step = width / max(1, values.count)
        section.raw(
            drawing(height: height, kind: "columns") { svg in
                for (index, value) in values.enumerated() where value > 0 {
                    let tall = max(2, value * height / most)
                    svg.shape(
                        "rect",
                        [
                            "x": "\(index * step)", "y": "\(height - tall)", "width": "\(max(1, step - 3))",
                            "height": "\(tall)", "class": "good",
                        ])
                }
            })
    }

    /// Hidden from screen readers, who are given the words.
    private static func drawing(height: Int, kind: String = "bar", _ body: (inout Markup) -> Void) -> String {
        var markup = Markup()
        markup.element(
            "svg",
            [
                "viewBox": "0 0 \(width) \(height)", "preserveAspectRatio": "none", "class": kind,
                "aria-hidden": "true",
            ], body)
        return markup.text
    }
}
