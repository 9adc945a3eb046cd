import Bulletin
import Foundation

/// Reads subscribers line by line: from JSON Lines, as `subscribers export --format json` writes them, an object a line
/// with the names of ``SubscriberColumn``, those with a dot nested; or the lines as they are.
struct SubscriberLines {
    enum Form { case json, plain }

    /// Far more than a person's record takes.
    private static let mostBytes = CSVReader.mostBytesOfRow

    private let pull: () throws -> [UInt8]?
    private var buffer: [UInt8] = []
    private var isComplete = false
    private var line = 0

    private let form: Form

    /// `beginning`: the bytes that were taken from `pull` already.
    init(_ form: Form, _ beginning: [UInt8], _ pull: @escaping () throws -> [UInt8]?) {
        (self.form, buffer, self.pull) = (form, beginning, pull)
    }

    /// Whether a file that begins so is JSON Lines.
    static func begins(_ bytes: [UInt8]) -> Bool {
        bytes.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) } == UInt8(ascii: "{")
    }

    /// The first line of a file that begins so.
    static func first(of bytes: [UInt8]) -> String {
        let line = bytes.drop { [0xEF, 0xBB, 0xBF].contains($0) }.prefix { $0 != 0x0A && $0 != 0x0D }.prefix(1000)
        return String(decoding: line, as: UTF8.self)
    }

    /// The next line as the values of all columns, in their order, or as the only value; nil at the end.
    mutating func next() throws -> CSVRow? {
        while true {
            guard let text = try nextLine() else { return nil }
            line += 1
            if text.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) { continue }
            guard text.count <= Self.mostBytes else {
                return CSVRow(
                    line: line, fields: [], fault: "is longer than \(Self.mostBytes / 1024) KB; is it one person?")
            }
            if form == .plain {
                return CSVRow(line: line, fields: [String(decoding: text, as: UTF8.self)], fault: nil)
            }
            guard let object = try? JSONSerialization.jsonObject(with: Data(text)) as? [String: Any] else {
                return CSVRow(line: line, fields: [], fault: "is not a JSON object; write one person on each line")
            }
            return CSVRow(
                line: line, fields: SubscriberColumn.allCases.map { Self.value($0.rawValue, in: object) }, fault: nil)
        }
    }

    private static func value(_ name: String, in object: [String: Any]) -> String {
        var value: Any? = object
        for part in name.split(separator: ".") { value = (value as? [String: Any])?[String(part)] }
        return value as? String ?? ""
    }

    private mutating func nextLine() throws -> [UInt8]? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                defer { buffer.removeSubrange(...end) }
                return Array(buffer[..<end])
            }
            if isComplete || buffer.count > 2 * Self.mostBytes {
                guard !buffer.isEmpty else { return nil }
                defer { buffer = [] }
                return buffer
            }
            if let chunk = try pull() { buffer += chunk } else { isComplete = true }
        }
    }
}
