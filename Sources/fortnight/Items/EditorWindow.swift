import Foundation
import Glibc

/// Lets a person edit a file in the editor of their choice.
enum EditorWindow {
    /// The command that opens the editor: `$VISUAL`, else `$EDITOR`, else what Debian calls `editor`; nil where there is
    /// none.
    static var command: String? {
        let environment = ProcessInfo.processInfo.environment
        for name in ["VISUAL", "EDITOR"] {
            if let command = environment[name], !command.isEmpty { return command }
        }
        return ["/usr/bin/editor", "/usr/bin/nano", "/usr/bin/vi"].first { access($0, X_OK) == 0 }
    }

    /// Opens the file, and returns once the editor is closed. Throws where there is no terminal, or the editor failed.
    static func open(_ path: String) throws {
        guard Terminal.canAsk else {
            throw CommandFailure("there is no terminal to edit on: give options or --file")
        }
        guard let command else {
            throw CommandFailure("no editor was found: name one in EDITOR, such as EDITOR=nano")
        }
        let status = try ForegroundProgram.run("exec \(command) \"$1\"", path)
        guard status == 0 else { throw CommandFailure("the editor \(command) failed") }
    }
}
