/// Metrics in Prometheus' text format (version 0.0.4): each family with its help and type, then its samples.
struct MetricsText {
    enum Kind: String, Sendable { case counter, gauge, summary }

    private(set) var text = ""
    private var families: Set<String> = []

    /// Adds one family; `samples` adds its samples. A family comes once, and one without samples is left out.
    mutating func family(_ metric: Metric, _ samples: (inout Samples) -> Void) {
        precondition(families.insert(metric.name).inserted, "\(metric.name) comes twice")
        var gathered = Samples(name: metric.name)
        samples(&gathered)
        guard !gathered.lines.isEmpty else { return }
        text += "# HELP \(metric.name) \(Self.help(metric.help))\n# TYPE \(metric.name) \(metric.kind.rawValue)\n"
        text += gathered.lines
    }

    /// One value without labels; nothing if it is nil.
    mutating func value(_ metric: Metric, _ value: Double?) {
        guard let value else { return }
        family(metric) { $0.add(value) }
    }

    mutating func value(_ metric: Metric, _ value: Int?) { self.value(metric, value.map { Double($0) }) }

    mutating func value(_ metric: Metric, _ holds: Bool) { value(metric, holds ? 1.0 : 0) }

    struct Samples {
        fileprivate let name: String
        fileprivate var lines = ""

        /// `suffix` is a summary's `_sum` or `_count`.
        mutating func add(_ value: Double, _ labels: KeyValuePairs<String, String> = [:], suffix: String = "") {
            lines += name + suffix
            if !labels.isEmpty {
                lines +=
                    "{" + labels.map { "\($0.key)=\"\(MetricsText.label($0.value))\"" }.joined(separator: ",") + "}"
            }
            lines += " \(MetricsText.number(value))\n"
        }

        mutating func add(_ value: Int, _ labels: KeyValuePairs<String, String> = [:]) { add(Double(value), labels) }
    }

    private static func help(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    fileprivate static func label(_ text: String) -> String { help(text).replacing("\"", with: "\\\"") }

    /// A float as Go parses it; whole numbers without a fraction.
    fileprivate static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
        return String(value)
    }
}
