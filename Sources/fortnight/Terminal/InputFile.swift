import Foundation
import Glibc

/// A file that a command reads, or standard input where its name is `-`.
struct InputFile {
    private let path: String

    init(_ path: String) { self.path = path }

    var name: String { path == "-" ? "standard input" : path }

    /// The folder of the file, where the paths in it start; the current one for standard input and for no file.
    static func folder(of path: String?) -> String {
        guard let path, path != "-" else { return "." }
        return URL(filePath: path).deletingLastPathComponent().path
    }

    /// All of it, but at most one byte more than `most`, which shows that it is too large.
    func bytes(most: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let pull = try chunks()
        while bytes.count <= most, let chunk = try pull() { bytes += chunk }
        return Array(bytes.prefix(most + 1))
    }

    /// Gives one chunk after the other; nil at the end.
    func chunks() throws -> () throws -> [UInt8]? {
        let handle: FileHandle
        if path == "-" {
            handle = .standardInput
        } else {
            var status = stat()
            guard stat(path, &status) == 0 else { throw unreadable(errno) }
            guard status.st_mode & S_IFMT != S_IFDIR else {
                throw CommandFailure("\(path) is a folder; name a file in it")
            }
            guard let opened = FileHandle(forReadingAtPath: path) else { throw unreadable(errno) }
            handle = opened
        }
        return {
            guard let data = try handle.read(upToCount: 1 << 18), !data.isEmpty else { return nil }
            return Array(data)
        }
    }

    /// Root has switched to the state folder's owner, who may not read every file of root's.
    private func unreadable(_ code: Int32) -> CommandFailure {
        let words = "cannot read \(path): \(String(cString: strerror(code)))"
        guard code == EACCES, let user = getpwuid(geteuid()).flatMap({ $0.pointee.pw_name }) else {
            return CommandFailure(words)
        }
        return CommandFailure(
            words
                + "; this command runs as \(String(cString: user)): let that user read it, or give - and redirect it with < \(path)"
        )
    }
}
