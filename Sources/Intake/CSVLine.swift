/// Writes rows of comma-separated values (RFC 4180), guarded against spreadsheets that take a value for a formula.
///
/// A value that begins with one of `= + - @`, a tab or a line end (or the full-width forms of the signs) gets an apostrophe
/// before it, which is the spreadsheets' own mark of plain text; so does one that has apostrophes before such a beginning
/// already, so that ``unguarded(_:)`` gives back every value as it was.
package enum CSVLine {
    /// One row with its CRLF; a value is in quotation marks where it must be.
    package static func text(_ fields: some Sequence<String>) -> String {
        fields.map { quoted(guarded($0)) }.joined(separator: ",") + "\r\n"
    }

    /// `value` as it was before ``text(_:)`` wrote it.
    package static func unguarded(_ value: String) -> String {
        value.utf8.first == apostrophe && isFormula(value) ? String(value.unicodeScalars.dropFirst()) : value
    }

    private static let apostrophe = UInt8(ascii: "'")

    private static func guarded(_ value: String) -> String { isFormula(value) ? "'" + value : value }

    /// Whether a spreadsheet may take it for a formula, apostrophes before it or not.
    private static func isFormula(_ value: String) -> Bool {
        switch value.unicodeScalars.first(where: { $0 != "'" }) {
        case "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": true
        default: false
        }
    }

    private static func quoted(_ field: String) -> String {
        let isPlain = field.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: ",") }
        guard !isPlain || field.utf8.first == 0x20 || field.utf8.last == 0x20 else { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }
}
