package import Basics
import Bulletin

/// Notes on the faults of a form, as comments below its lines, which a person reads in the editor and the reader ignores.
package enum FormNotes {
    private static let mark = "# ^ "

    /// The form without earlier notes.
    package static func stripped(_ text: String) -> String {
        guard text.contains(mark) else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.drop { $0 == " " }.hasPrefix(mark) }.joined(separator: "\n")
    }

    /// The form with a note below each faulty line: the line that the problem names, or that of its field; a problem without
    /// either goes to the top. `text` has no notes, and its own line numbers.
    package static func annotated(_ text: String, _ problems: [Problem]) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // The first line opens the front matter; a comment before it would be text.
        let top = lines.first?.hasPrefix("---") ?? false ? 1 : 0
        let placed = problems.map { problem in
            let line = problem.line ?? Self.line(of: problem.field, in: lines)
            return (line: line.map { min(max($0, top), lines.count) } ?? top, note: note(problem))
        }
        for (line, note) in placed.enumerated().sorted(by: {
            ($0.element.line, $0.offset) > ($1.element.line, $1.offset)
        })
        .map(\.element) {
            lines.insert(note, at: line)
        }
        return lines.joined(separator: "\n")
    }

    /// The number of the line in the front matter that begins with the field's key, or with its group's; nil without one.
    private static func line(of field: String, in lines: [String]) -> Int? {
        let keys = field.split(separator: ".")
        guard let group = keys.first, lines.first?.hasPrefix("---") ?? false,
            let end = lines.dropFirst().firstIndex(where: { $0.hasPrefix("---") }),
            let start = lines[..<end].firstIndex(where: { $0.hasPrefix("\(group):") })
        else { return nil }
        guard keys.count > 1, let key = keys.last else { return start + 1 }
        let within = lines[(start + 1)..<end].prefix { $0.hasPrefix(" ") || $0.hasPrefix("#") }
        return (within.firstIndex { $0.drop { $0 == " " }.hasPrefix("\(key):") } ?? start) + 1
    }

    private static func note(_ problem: Problem) -> String {
        let field = problem.field.isEmpty ? "" : "\(problem.field): "
        return mark + shortened(field + problem.message, to: 300)
    }
}
