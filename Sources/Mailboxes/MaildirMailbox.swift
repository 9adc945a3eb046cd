import Curl
import Foundation
import Glibc

/// A Maildir on this machine (maildir(5), cr.yp.to/proto/maildir.html), with Maildir++ folders beside it. Messages that
/// are not processed stay as they were, unread ones unread.
final class MaildirMailbox: OpenMailbox {
    let validity = ""
    let hasNumbers = false
    let putsAway = true
    private let path: String
    private let mostOctets: Int
    /// The file of each message, by the unique part of its name: `new/…` or `cur/…`.
    private var files: [String: String] = [:]
    private var isListed = false

    init(_ path: String, mostOctets: Int) throws(MailboxFault) {
        (self.path, self.mostOctets) = (path, mostOctets)
        for name in ["new", "cur"] {
            var status = stat()
            guard stat("\(path)/\(name)", &status) == 0 else { throw Self.fault(errno, "\(path)/\(name)") }
            guard status.st_mode & S_IFMT == S_IFDIR else { throw Self.fault(ENOTDIR, "\(path)/\(name)") }
        }
    }

    func next(after through: UInt32) throws(MailboxFault) -> [ListedMessage]? {
        guard !isListed else { return nil }
        isListed = true
        try look()
        // The name begins with the time of delivery.
        return files.sorted { $0.key < $1.key }.map { name, file in
            var status = stat()
            let size = lstat("\(path)/\(file)", &status) == 0 ? Int(status.st_size) : nil
            return ListedMessage(name: name, size: size, wasSeen: true)
        }
    }

    private func look() throws(MailboxFault) {
        files = [:]
        // `new` last: a message that a mail program moves meanwhile is then seen twice rather than not at all.
        for folder in ["cur", "new"] {
            guard let stream = opendir("\(path)/\(folder)") else { throw Self.fault(errno, "\(path)/\(folder)") }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
                }
                guard !name.hasPrefix(".") else { continue }
                let parts = name.split(separator: ":", maxSplits: 1)
                guard let unique = parts.first.map(String.init) else { continue }
                // T: a person has deleted it.
                if parts.count == 2, parts[1].hasPrefix("2,"), parts[1].dropFirst(2).contains("T") { continue }
                files[unique] = "\(folder)/\(name)"
            }
        }
    }

    func content(of message: ListedMessage) throws(MailboxFault) -> [UInt8] {
        guard let file = files[message.name] else { throw .gone }
        do {
            return try read(file)
        } catch .gone {
            // A mail program may have moved it from `new` to `cur`, or changed its flags.
            try look()
            guard let moved = files[message.name], moved != file else { throw .gone }
            return try read(moved)
        }
    }

    private func read(_ file: String) throws(MailboxFault) -> [UInt8] {
        let descriptor = open("\(path)/\(file)", O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { throw .gone }
            throw .unreadable("\(file) cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { Glibc.close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable("\(file) is not a file")
        }
        guard status.st_size <= mostOctets else { throw .tooLarge }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size) + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .unreadable("\(file) cannot be read: \(String(cString: strerror(errno)))") }
            if got == 0 { break }
            count += got
        }
        guard count <= Int(status.st_size) else { throw .unreadable("\(file) is still being written") }
        return Array(bytes[..<count])
    }

    func restoreUnseen(_ names: [String]) {}

    func putAway(_ names: [String]) throws(MailboxFault) {
        guard !names.isEmpty else { return }
        try makeFolder()
        for name in names {
            guard let file = files[name] else { continue }
            guard rename("\(path)/\(file)", "\(folder)/\(file)") != 0 else { continue }
            guard errno == ENOENT else { throw Self.fault(errno, "\(folder)/\(file)") }
            try look()
            guard let moved = files[name] else { continue }
            guard rename("\(path)/\(moved)", "\(folder)/\(moved)") == 0 else {
                throw Self.fault(errno, "\(folder)/\(moved)")
            }
        }
        // Reported as moved only once a power cut cannot bring it back.
        for place in ["\(path)/new", "\(path)/cur", "\(folder)/new", "\(folder)/cur"] { try Self.sync(place) }
    }

    private static func sync(_ folder: String) throws(MailboxFault) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fault(errno, folder) }
        defer { Glibc.close(descriptor) }
        // EINVAL: the file system does not support fsync(2).
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw fault(errno, folder) }
    }

    private var folder: String { "\(path)/.\(dealtWithFolder)" }

    /// A Maildir++ folder with the Maildir's owner and permissions.
    private func makeFolder() throws(MailboxFault) {
        var status = stat()
        guard stat(folder, &status) != 0 else { return }
        guard stat("\(path)/cur", &status) == 0 else { throw Self.fault(errno, "\(path)/cur") }
        for name in ["", "/tmp", "/new", "/cur"] {
            let made = folder + name
            guard mkdir(made, status.st_mode & 0o7777) == 0 || errno == EEXIST else { throw Self.fault(errno, made) }
            _ = chmod(made, status.st_mode & 0o7777)
            _ = lchown(made, status.st_uid, status.st_gid)
        }
        let mark = open("\(folder)/maildirfolder", O_CREAT | O_WRONLY | O_CLOEXEC, status.st_mode & 0o666)
        guard mark >= 0 else { throw Self.fault(errno, "\(folder)/maildirfolder") }
        _ = fchown(mark, status.st_uid, status.st_gid)
        Glibc.close(mark)
        for place in [folder, path] { try Self.sync(place) }
    }

    func close() {}

    private static func fault(_ code: Int32, _ path: String) -> MailboxFault {
        let said = String(cString: strerror(code))
        switch code {
        case ENOENT, ENOTDIR:
            return .refused("\(path): \(said); mailbox.url must name a Maildir, with the folders new and cur")
        case EACCES, EPERM:
            return .refused("\(path): \(said); give the daemon's user read and write access to that Maildir")
        default: return .unreachable("\(path): \(said)")
        }
    }
}
