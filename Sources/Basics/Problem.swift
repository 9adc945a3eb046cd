/// One fault of submitted input: the field, the fault and the remedy, in one line.
package struct Problem: Hashable, Sendable, Codable, CustomStringConvertible {
    package enum Severity: String, Sendable, Codable {
        /// It cannot be taken, or not be chosen, until it is mended.
        case error
        /// It is taken, and said.
        case warning
    }

    /// The key in an item's file, dotted where nested: `starts`, `takingPart.phone`. Empty for the whole.
    package let field: String
    /// The fault and the remedy, in plain English, without a line break.
    package let message: String
    package let severity: Severity
    /// The line of the file it was read from, from 1.
    package let line: Int?

    package init(field: String, message: String, severity: Severity = .error, line: Int? = nil) {
        (self.field, self.message, self.severity, self.line) = (field, message, severity, line)
    }

    package var description: String {
        (line.map { "line \($0): " } ?? "") + (field.isEmpty ? "" : "\(field): ") + message
    }
}

/// Everything that was found wrong at once: people mend all of it in one go.
package struct Problems: Error, Sendable, CustomStringConvertible {
    package let all: [Problem]

    package init(_ all: [Problem]) { self.all = all }

    package var description: String { all.map(\.description).joined(separator: "\n") }
}
