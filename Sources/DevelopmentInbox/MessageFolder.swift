import Foundation
import NIOCore
import Synchronization

/// Writes messages into a folder, on a queue of its own: the event loops never wait for a disk.
final class MessageFolder: Sendable {
    private struct Entry: Sendable {
        let message: ReceivedMessage
        let contents: ByteBuffer
        let done: @Sendable ((any Error)?) -> Void
    }

    private let path: String
    private let queue = DispatchQueue(label: "development-inbox.folder")
    /// Messages to be written; a turn of the queue takes all of them.
    private let waiting = Mutex<[Entry]>([])

    init(_ path: String) throws {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw InboxFault.folder(path, error.localizedDescription)
        }
        guard access(path, W_OK) == 0 else {
            throw InboxFault.folder(path, String(cString: strerror(errno)))
        }
    }

    /// Writes the bytes and the envelope; each appears whole under its name or not at all. Says so on its own queue.
    func write(_ message: ReceivedMessage, _ contents: ByteBuffer, done: @escaping @Sendable ((any Error)?) -> Void) {
        let isFirst = waiting.withLock { entries in
            entries.append(Entry(message: message, contents: contents, done: done))
            return entries.count == 1
        }
        if isFirst { queue.async { self.writeWaiting() } }
    }

    /// Returns when all that was handed in is written.
    func finish() {
        queue.sync { writeWaiting() }
    }

    private func writeWaiting() {
        let entries = waiting.withLock { entries in
            let all = entries
            entries = []
            return all
        }
        for entry in entries {
            do {
                let stem = entry.message.fileStem
                try entry.contents.withUnsafeReadableBytes { try put($0, "\(stem).eml") }
                try Array(EnvelopeRecord(entry.message).json.utf8).withUnsafeBytes { try put($0, "\(stem).json") }
                entry.done(nil)
            } catch {
                entry.done(error)
            }
        }
    }

    private func put(_ bytes: UnsafeRawBufferPointer, _ name: String) throws {
        let temporary = "\(path)/.\(name).tmp"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw POSIXError.last }
        var at = 0
        while at < bytes.count {
            let count = Foundation.write(file, bytes.baseAddress?.advanced(by: at), bytes.count - at)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let error = POSIXError.last
                close(file)
                unlink(temporary)
                throw error
            }
            at += count
        }
        guard close(file) == 0, rename(temporary, "\(path)/\(name)") == 0 else { throw POSIXError.last }
    }
}

extension POSIXError {
    fileprivate static var last: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}

/// The envelope of a message as its `.json` tells it.
struct EnvelopeRecord: Codable, Equatable {
    let envelopeFrom: String
    let envelopeTo: [String]
    let received: String
    let size: Int
    let messageID: String?
    let hello: String
    let tls: Bool
    let account: String?

    init(_ message: ReceivedMessage) {
        envelopeFrom = message.sender
        envelopeTo = message.recipients
        received = CompactTime(message.receivedAt).description
        size = message.size
        messageID = message.messageID
        hello = message.hello
        tls = message.overTLS
        account = message.account
    }

    /// One line of JSON. Written by hand: an encoder costs more than the rest of the message's way.
    var json: String {
        func quoted(_ text: String) -> String {
            var out = "\""
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\"": out += "\\\""
                case "\\": out += "\\\\"
                case _ where scalar.value < 0x20:
                    let digits = String(scalar.value, radix: 16)
                    out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                default: out.unicodeScalars.append(scalar)
                }
            }
            return out + "\""
        }
        var line = "{\"envelopeFrom\":\(quoted(envelopeFrom)),"
        line += "\"envelopeTo\":[\(envelopeTo.map(quoted).joined(separator: ","))],"
        line += "\"received\":\(quoted(received)),\"size\":\(size),"
        if let messageID { line += "\"messageID\":\(quoted(messageID))," }
        if let account { line += "\"account\":\(quoted(account))," }
        return line + "\"hello\":\(quoted(hello)),\"tls\":\(tls)}\n"
    }
}
