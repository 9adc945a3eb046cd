import Foundation

/// Lets a person edit a text in the editor of their choice.
struct EditorWindow {
    /// The text as it was when the editor was closed. Throws where there is no terminal, or the editor failed; the text
    /// is then kept, and the message says where.
    func edit(_ text: String) throws -> [UInt8] {
        let environment = ProcessInfo.processInfo.environment
        guard Terminal.isInteractive else {
            throw CommandFailure("there is no terminal to edit on: give options, or --file")
        }
        let path = NSTemporaryDirectory() + "fortnight-\(UUID().uuidString.prefix(8)).md"
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw CommandFailure("cannot write \(path)") }
        let editor = Process()
        editor.executableURL = URL(filePath: "/bin/sh")
        let command = environment["VISUAL"] ?? environment["EDITOR"] ?? "editor"
        editor.arguments = ["-c", "exec \(command) \"$1\"", "sh", path]
        try editor.run()
        editor.waitUntilExit()
        guard editor.terminationStatus == 0 else {
            throw CommandFailure("the editor \(command) failed; what you wrote is in \(path)")
        }
        let edited = try InputFile(path).bytes(most: 1_000_000)
        try FileManager.default.removeItem(atPath: path)
        return edited
    }
}
