import Bulletin

/// Charts: the shapes are SVG that stretches, the labels are the page's own text, legible at any width. No script;
/// colours by class, so that dark mode has its own. Every shape's figures are also given in words.
enum Chart {
    /// A part of a bar, with the class of its colour.
    struct Part: Sendable {
        let colour: String
        let value: Int
    }

    struct Row: Sendable {
        let name: String
        let parts: [Part]
        /// The label at the end of the bar.
        let figure: String
        var total: Int { parts.reduce(0) { $0 + $1.value } }
    }

    /// The drawing's width in SVG units; it is stretched to the space available.
    private static let width = 1000

    /// Horizontal bars, one a row, all to the same scale.
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
            // A single refusal among thousands must be visible too.
            let size = max(6, done * width / most - from)
            svg.shape(
                "rect",
                ["x": "\(min(from, width - size))", "width": "\(size)", "height": "10", "class": part.colour])
        }
    }

    /// Vertical columns, one per time step, the latest at the right.
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

    /// Hidden from screen readers, which read the words instead.
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
