import Bulletin
import Foundation
import Intake

/// A draft on disk until its item is queued, so that nothing is lost when the editor, the terminal or the machine fails.
/// Only its writer may read it.
struct DraftFile {
    let path: String

    /// A new one, in the writer's state folder (XDG Base Directory: `$XDG_STATE_HOME`, else `~/.local/state`).
    init(_ name: String) throws {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSTemporaryDirectory()
        let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.local/state"
        let file = "\(name)-\(UUID().uuidString.prefix(8).lowercased()).md"
        let folder = "\(state)/fortnight/drafts"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            path = "\(folder)/\(file)"
        } catch {
            // Without a home folder that may be written to, as under sudo.
            path = NSTemporaryDirectory() + "fortnight-" + file
        }
    }

    func write(_ text: String) throws {
        // The mode is right from the first byte on: a draft may not be public yet.
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        do { try Data(text.utf8).write(to: URL(filePath: path)) } catch {
            throw CommandFailure("cannot write \(path): \(error.localizedDescription)")
        }
    }

    func text() throws -> String {
        let bytes = try InputFile(path).bytes(most: ItemReader.mostBytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
