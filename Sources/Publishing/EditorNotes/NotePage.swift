import Basics
import Bulletin

/// Plain text in lines of a narrow window.
struct NotePage {
    private static let columns = 72
    /// More of a list would hide what matters.
    private static let mostEntries = 40

    private var blocks: [String] = []

    package mutating func say(_ text: String) { blocks.append(Self.wrapped(text, indent: 0)) }

    mutating func heading(_ text: String) { blocks.append("\(text)\n\(String(repeating: "-", count: text.count))") }

    mutating func command(_ command: String, _ what: String) {
        blocks.append("    \(command)\n    (\(what))")
    }

    /// An entry a line; after a line feed stands its command.
    mutating func list(_ entries: [String]) {
        guard !entries.isEmpty else { return }
        var lines = entries.prefix(Self.mostEntries).map { entry in
            let parts = entry.split(separator: "\n", maxSplits: 1)
            let words = Self.wrapped("* \(Self.oneLine(parts.first ?? ""))", indent: 2)
            return parts.count > 1 ? "\(words)\n    \(parts[1])" : words
        }
        if entries.count > Self.mostEntries { lines.append("* and \(entries.count - Self.mostEntries) more") }
        blocks.append(lines.joined(separator: "\n"))
    }

    /// A number a line, each with a bar in proportion to the largest.
    mutating func chart(_ entries: [(name: String, count: Int)]) {
        let most = max(entries.map(\.count).max() ?? 0, 1)
        let names = entries.map { TerminalText.width($0.name) }.max() ?? 0
        let numbers = entries.map(\.count.grouped.count).max() ?? 0
        let room = max(8, Self.columns - names - numbers - 4)
        blocks.append(
            entries.map { entry in
                // Somebody is never nothing.
                let length = entry.count == 0 ? 0 : max(1, entry.count * room / most)
                let number = entry.count.grouped
                return TerminalText.fitted(entry.name, to: names) + "  "
                    + String(repeating: " ", count: numbers - number.count) + number
                    + (length == 0 ? "" : "  " + String(repeating: "#", count: length))
            }.joined(separator: "\n"))
    }

    func text(signed name: String) -> String {
        let foot = Self.wrapped(
            "You get this because your address is listed under editors in the configuration of \(name).", indent: 0)
        return (blocks + ["-- \n\(foot)"]).joined(separator: "\n\n") + "\n"
    }

    private static func oneLine(_ text: Substring) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private static func wrapped(_ text: String, indent: Int) -> String {
        TerminalText.wrapped(text, to: columns, indent: indent).joined(separator: "\n")
    }
}
