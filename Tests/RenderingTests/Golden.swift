import Foundation
import Testing

/// The golden files in `Golden/`, with which rendered text is compared byte for byte.
enum Golden {
    /// Compares `text` with the file at `path`; if `FORTNIGHT_RECORD` is set, writes it and fails.
    static func expect(_ text: String, matches path: String, _ location: SourceLocation = #_sourceLocation) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/" + path)
        if ProcessInfo.processInfo.environment["FORTNIGHT_RECORD"] != nil {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            Issue.record("recorded \(path): look at it, then run without FORTNIGHT_RECORD", sourceLocation: location)
            return
        }
        let recorded = try String(decoding: Data(contentsOf: file), as: UTF8.self)
        guard text != recorded else { return }
        let (new, old) = (text.split(separator: "\n"), recorded.split(separator: "\n"))
        let line = zip(new, old).enumerated().first { $1.0 != $1.1 }?.offset ?? min(new.count, old.count)
        Issue.record(
            """
            \(path) differs, first at line \(line + 1) that is not empty:
            recorded: \(old.dropFirst(line).first ?? "(end)")
            printed:  \(new.dropFirst(line).first ?? "(end)")
            """, sourceLocation: location)
    }
}
