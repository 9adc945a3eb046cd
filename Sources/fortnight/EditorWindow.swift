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

    /// Opens the file, and returns when the editor was closed. Throws where there is no terminal, or the editor failed.
    static func open(_ path: String) throws {
        guard Terminal.canAsk else {
            throw CommandFailure("there is no terminal to edit on: give options, or --file")
        }
        guard let command else {
            throw CommandFailure("found no editor: name one in EDITOR, as EDITOR=nano")
        }
        // Not by Foundation's Process: it gives the child a process group of its own, which may not read the terminal.
        var process = pid_t()
        let words = ["sh", "-c", "exec \(command) \"$1\"", "sh", path]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) } + [nil]
        defer { for argument in arguments { free(argument) } }
        // While the editor has the terminal, an interrupt is the editor's.
        let interrupt = signal(SIGINT, SIG_IGN)
        defer { signal(SIGINT, interrupt) }
        var attributes = posix_spawnattr_t()
        var defaults = sigset_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGINT)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        let failure = posix_spawn(&process, "/bin/sh", nil, &attributes, &arguments, environ)
        guard failure == 0 else {
            throw CommandFailure("the editor \(command) did not start: \(String(cString: strerror(failure)))")
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw CommandFailure("the editor \(command) was lost") }
        }
        guard status == 0 else { throw CommandFailure("the editor \(command) failed") }
    }
}
