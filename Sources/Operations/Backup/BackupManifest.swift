import Basics
package import Foundation

/// The contents of a backup, in its last file, `backup.json`: every file with its size and SHA-256, so that a backup
/// can be checked on its own.
package struct BackupManifest: Hashable, Sendable {
    package struct File: Hashable, Sendable, Codable {
        package let name: String
        package let size: Int
        /// Lower-case hexadecimal, as `sha256sum` prints it.
        package let sha256: String
        /// The file's permissions, in octal.
        package let mode: String
    }

    static let name = "backup.json"
    static let format = "fortnight-backup"
    static let version = 1
    /// The state folder's place in the archive.
    static let stateFolder = "state/"

    /// When the backup began: everything acknowledged before is in it.
    package let taken: Date
    package let files: [File]

    init(taken: Date, files: [File]) { (self.taken, self.files) = (taken, files) }

    /// The size of all files in bytes.
    package var size: Int { files.reduce(0) { $0 + $1.size } }
}

extension BackupManifest: Codable {
    private enum Key: String, CodingKey {
        case format, formatVersion, taken, files
    }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        let version = try box.decode(Int.self, forKey: .formatVersion)
        guard try box.decode(String.self, forKey: .format) == Self.format else {
            throw BackupFault.damaged("is not a Fortnight backup")
        }
        guard version == Self.version else { throw BackupFault.version(version) }
        self.init(taken: try box.decodeStamp(forKey: .taken), files: try box.decode([File].self, forKey: .files))
    }

    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(Self.format, forKey: .format)
        try box.encode(Self.version, forKey: .formatVersion)
        try box.encode(stamp: taken, forKey: .taken)
        try box.encode(files, forKey: .files)
    }
}

/// Why a backup cannot be made or used; each message continues the backup's path.
package enum BackupFault: Error, Hashable, Sendable, CustomStringConvertible {
    case nameTooLong(String)
    case damaged(String)
    case version(Int)
    /// A file was shortened while it was copied.
    case changing(String)

    package var description: String {
        switch self {
        case .nameTooLong(let name): "cannot hold a file whose name is so long: \(name)"
        case .damaged(let what): "\(what): use another backup"
        case .version(let version):
            "is written in version \(version), and this program knows version \(BackupManifest.version): use the newer program"
        case .changing(let name):
            "could not be finished, because \(name) was being repaired at the same time: try again"
        }
    }
}
