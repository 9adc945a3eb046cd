/// Writes rows of comma-separated values (RFC 4180).
package enum CSVLine {
    /// One row with its CRLF; a value is in quotation marks where it must be.
    package static func text(_ fields: some Sequence<String>) -> String {
        fields.map(quoted).joined(separator: ",") + "\r\n"
    }

    private static func quoted(_ field: String) -> String {
        let isPlain = field.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: ",") }
        guard !isPlain || field.utf8.first == 0x20 || field.utf8.last == 0x20 else { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }
}
