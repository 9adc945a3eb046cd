import Basics
import Foundation
import Glibc

/// A file read whole, with a bound, before anybody looks into it.
struct SourceFile {
    /// More than any configuration needs: the starter bulletin's has 3 KB.
    static let mostBytes = 256 * 1024

    let name: String
    let text: String

    /// Throws where it cannot be read, is too large, or is no UTF-8 text.
    init(_ name: String) throws(ConfigurationFault) {
        let bytes: [UInt8]
        do throws(ReadFault) {
            bytes = try readFile(name, most: Self.mostBytes)
        } catch {
            throw ConfigurationFault(.file(name), error.message)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationFault(.file(name), "is not UTF-8 text: save it as UTF-8")
        }
        self.name = name
        self.text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        if let fault = Self.hiddenCharacter(self.text, name) { throw fault }
    }

    private static func hiddenCharacter(_ text: String, _ name: String) -> ConfigurationFault? {
        var line = 1
        var column = 1
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A: (line, column) = (line + 1, 1)
            case 0x00...0x08, 0x0B, 0x0C, 0x0E...0x1F, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
                let place = ConfigurationFault.Place.position(file: name, line: line, column: column)
                return ConfigurationFault(
                    place, "holds the hidden character U+\(Hexadecimal.text(of: scalar)): remove it")
            default: column += 1
            }
        }
        return nil
    }
}

/// Why a file could not be read, with the remedy.
struct ReadFault: Error {
    let message: String
    var isAbsence = false
    /// Where it is another than usual.
    var remedy: String?
}

/// The bytes of a regular file of at most that size, which has none of the permissions `closed`.
func readFile(_ path: String, most: Int, closedTo closed: mode_t = 0) throws(ReadFault) -> [UInt8] {
    // Without O_NONBLOCK a named pipe would hold the program until somebody writes to it.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw ReadFault(message: "is a folder: name the file in it")
    default: throw ReadFault(message: "is not a regular file: name one")
    }
    guard status.st_mode & closed == 0 else {
        throw ReadFault(message: "may be read by others than its owner", remedy: "chmod 600 \(path)")
    }
    var bytes = [UInt8](repeating: 0, count: most + 1)
    var count = 0
    while count <= most {
        let got = bytes.withUnsafeMutableBytes { buffer in
            read(
                descriptor, UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).baseAddress, buffer.count - count)
        }
        if got < 0 && errno == EINTR { continue }
        guard got >= 0 else { throw failure(errno) }
        guard got > 0 else { break }
        count += got
    }
    guard count <= most else { throw ReadFault(message: "is larger than \(most / 1024) KB: name the right file") }
    return Array(bytes[..<count])
}

private func failure(_ code: CInt) -> ReadFault {
    switch code {
    case ENOENT, ENOTDIR: ReadFault(message: "does not exist", isAbsence: true)
    case EACCES, EPERM: ReadFault(message: "may not be read by this account")
    default: ReadFault(message: "cannot be read: \(String(cString: strerror(code)))")
    }
}
