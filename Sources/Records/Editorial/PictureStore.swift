internal import Foundation
internal import Glibc
internal import Journal
import Tokens

/// The pictures of queued items: `editorial/pictures`, each named by the hash of its content, so that the same picture
/// is stored once and no outside file name is used.
package struct PictureStore: Sendable {
    private let folder: String
    private let disk: any Disk

    init(folder: String, disk: any Disk) { (self.folder, self.disk) = (folder, disk) }

    /// The most bytes of a picture. Readers load them over mobile connections.
    package static let mostBytes = 5 << 20

    package enum Fault: Error, Hashable, Sendable, CustomStringConvertible {
        case tooLarge(String, size: Int)
        case notAPicture(String)
        case missing(String)

        package var description: String {
            switch self {
            case .tooLarge(let path, let size):
                "\(path) has \((size + 0xFFFFF) >> 20) MB, but a picture may have at most 5: make it smaller"
            case .notAPicture(let path): "\(path) is not a picture in PNG, JPEG, GIF or WebP: save it as one of these"
            case .missing(let path): "there is no picture at \(path)"
            }
        }
    }

    /// Copies the file at `path` into the store, and returns its name there. Throws ``Fault``.
    package func take(file path: String) throws -> String {
        // Follows a symbolic link of the editor's; the store's own files are never links.
        let source = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let status = try disk.status(at: source) else { throw Fault.missing(path) }
        guard status.size <= Self.mostBytes else { throw Fault.tooLarge(path, size: status.size) }
        guard let content = try disk.content(of: source) else { throw Fault.missing(path) }
        return try take(content, from: path)
    }

    /// Stores a picture, and returns its name there; `origin` is for messages.
    package func take(_ content: [UInt8], from origin: String) throws -> String {
        guard content.count <= Self.mostBytes else { throw Fault.tooLarge(origin, size: content.count) }
        guard let kind = Self.kind(of: content) else { throw Fault.notAPicture(origin) }
        let name = "\(ContentHash.hexadecimal(of: content).prefix(32)).\(kind)"
        if try disk.status(at: "\(folder)/\(name)")?.size != content.count {
            try JSONDocument("\(folder)/\(name)", permissions: 0o660, disk: disk).write(content)
        }
        return name
    }

    /// The picture of that name; nil if there is none, or the content is not a picture.
    package func content(of name: String) throws -> [UInt8]? { try Self.content(of: name, in: folder, disk: disk) }

    static func content(of name: String, in folder: String, disk: any Disk) throws -> [UInt8]? {
        guard isName(name), let status = try disk.status(at: "\(folder)/\(name)"), status.size <= mostBytes,
            let content = try disk.content(of: "\(folder)/\(name)"), kind(of: content) != nil
        else { return nil }
        return content
    }

    /// Whether `name` has the form of ``take(file:)``'s names: no path, no hidden file.
    static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0].utf8.count == 32 && parts[0].allSatisfy { $0.isASCII && $0.isHexDigit }
            && ["png", "jpeg", "gif", "webp"].contains(parts[1])
    }

    /// Whether `name` is the name of that content.
    static func isName(_ name: String, of content: [UInt8]) -> Bool {
        name.hasPrefix(ContentHash.hexadecimal(of: content).prefix(32) + ".")
    }

    /// The type by the first bytes, whatever the file's extension.
    private static func kind(of content: [UInt8]) -> String? {
        func begins(_ start: [UInt8]) -> Bool { content.starts(with: start) }
        if begins([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "png" }
        if begins([0xFF, 0xD8, 0xFF]) { return "jpeg" }
        if begins(Array("GIF87a".utf8)) || begins(Array("GIF89a".utf8)) { return "gif" }
        if begins(Array("RIFF".utf8)), content.dropFirst(8).starts(with: Array("WEBP".utf8)) { return "webp" }
        return nil
    }
}
