import Foundation
import MIME
import NIOCore
import Synchronization

/// All messages received, in memory: shared by the connections, the pages and the program that runs the inbox.
final class MessageIndex: Sendable {
    private struct State {
        var counts = InboxCounts()
        var messages: [ReceivedMessage] = []
        var places: [String: Int] = [:]
        /// The bytes, where they are kept in memory; in step with `messages`.
        var contents: [ByteBuffer] = []
        var dialogues: [Int: [String]] = [:]
        var lastNumber = 0
    }

    private let keep: InboxConfiguration.Keep
    private let state = Mutex(State())

    init(keep: InboxConfiguration.Keep) {
        self.keep = keep
    }

    var counts: InboxCounts { state.withLock { $0.counts } }
    /// The number of messages, without copying the counts.
    var size: Int { state.withLock { $0.counts.messages } }
    var messages: [ReceivedMessage] { state.withLock { $0.messages } }

    /// A name for a message about to be kept. Names sort in the order they were asked for.
    func nextID(at time: Date) -> String {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        return "\(CompactTime(time))-\(padded)"
    }

    func add(_ message: ReceivedMessage, contents: ByteBuffer) {
        state.withLock { state in
            state.counts.messages += 1
            for recipient in message.recipients { state.counts.byRecipient[recipient, default: 0] += 1 }
            if let messageID = message.messageID { state.counts.byMessageID[messageID, default: 0] += 1 }
            guard keep != .countsOnly else { return }
            state.places[message.id] = state.messages.count
            state.messages.append(message)
            if keep == .inMemory { state.contents.append(contents) }
        }
    }

    func message(_ id: String) -> ReceivedMessage? {
        state.withLock { state in state.places[id].map { state.messages[$0] } }
    }

    /// The bytes as they were received, from memory or from the folder; nil when they were not kept.
    func contents(_ id: String) -> [UInt8]? {
        guard let message = message(id) else { return nil }
        switch keep {
        case .inMemory:
            return state.withLock { state in state.places[id].map { Array(state.contents[$0].readableBytesView) } }
        case .folder(let folder):
            return FileManager.default.contents(atPath: "\(folder)/\(message.fileStem).eml").map { Array($0) }
        case .countsOnly:
            return nil
        }
    }

    /// The newest messages first, those whose recipient or Subject holds the text, at most so many.
    func newest(_ most: Int, holding text: String) -> [ReceivedMessage] {
        let wanted = text.lowercased()
        let all = messages
        guard !wanted.isEmpty else { return Array(all.suffix(most).reversed()) }
        return Array(
            all.lazy.reversed().filter { message in
                message.recipients.contains { $0.lowercased().contains(wanted) }
                    || IncomingWords.decode(message.subject).lowercased().contains(wanted)
            }.prefix(most))
    }

    /// Counts a new connection and gives its number, from 1.
    func connectionOpened() -> Int {
        state.withLock { state in
            state.counts.connections += 1
            state.counts.openConnections += 1
            state.counts.mostConnections = max(state.counts.mostConnections, state.counts.openConnections)
            return state.counts.connections
        }
    }

    func connectionClosed() {
        state.withLock { $0.counts.openConnections -= 1 }
    }

    func refused() {
        state.withLock { $0.counts.refusals += 1 }
    }

    func note(_ line: String, on connection: Int) {
        state.withLock { $0.dialogues[connection, default: []].append(line) }
    }

    func dialogue(_ connection: Int) -> [String] {
        state.withLock { $0.dialogues[connection] ?? [] }
    }
}

/// `20261202T100003.250Z`: a moment in UTC to the millisecond, as it stands in file names.
struct CompactTime: CustomStringConvertible {
    let description: String

    init(_ date: Date) {
        let milliseconds = Int((date.timeIntervalSince1970 * 1000).rounded(.down))
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : String(number) }
        let rest = milliseconds % 1000
        let thousandths = rest < 10 ? "00\(rest)" : rest < 100 ? "0\(rest)" : String(rest)
        description =
            "\(parts.tm_year + 1900)\(two(parts.tm_mon + 1))\(two(parts.tm_mday))T"
            + "\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec)).\(thousandths)Z"
    }
}
