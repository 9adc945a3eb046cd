import CCurl
import Curl

/// A POP3 mailbox (RFC 1939), which is only read.
final class POP3Mailbox: OpenMailbox {
    let validity = ""
    let hasNumbers = false
    let putsAway = false
    private let connection: MailboxConnection
    /// The message's number on this connection, by its UIDL.
    private var numbers: [String: Int] = [:]
    private var listed: [ListedMessage]?

    init(_ connection: MailboxConnection) throws(MailboxFault) {
        self.connection = connection
        let most = connection.timeouts.mostReplyOctets
        let unique = connection.send("", "UIDL", mostContent: most)
        guard unique.code == CURLE_OK else {
            if unique.isRefused, unique.code != CURLE_LOGIN_DENIED {
                throw .refused(
                    "\(connection.server) does not support UIDL, so messages already read cannot be recognised: use IMAP"
                )
            }
            throw connection.fault(unique)
        }
        let sizes = connection.send("", mostContent: most)
        guard sizes.code == CURLE_OK else { throw connection.fault(sizes) }
        guard !sizes.isNewConnection else { throw .unreachable("\(connection.server) closed the connection") }
        let octets = Dictionary(
            Self.pairs(sizes.content).compactMap { number, size in Int(size).map { (number, $0) } },
            uniquingKeysWith: { $1 })
        var listed: [ListedMessage] = []
        for (number, name) in Self.pairs(unique.content) where numbers[name] == nil {
            numbers[name] = number
            listed.append(ListedMessage(name: name, size: octets[number], wasSeen: true))
        }
        self.listed = listed
    }

    func next(after through: UInt32) -> [ListedMessage]? {
        defer { listed = nil }
        return listed
    }

    func content(of message: ListedMessage) throws(MailboxFault) -> [UInt8] {
        let most = connection.timeouts.mostOctets
        if let size = message.size, size > most { throw .tooLarge }
        guard let number = numbers[message.name] else { throw .gone }
        let answer = connection.send(String(number), mostContent: most)
        // On another connection the number may belong to another message.
        guard !answer.isNewConnection else { throw .unreachable("\(connection.server) closed the connection") }
        switch answer.code {
        case CURLE_OK:
            if answer.content.count != message.size { try checkWholeness() }
            return answer.content
        case CURLE_WRITE_ERROR where answer.overflowed: throw .tooLarge
        default:
            guard answer.isRefused else { throw connection.fault(answer) }
            throw .unreadable("the server refused it")
        }
    }

    /// If the connection ends within a message, libcurl takes that for its end. Servers whose size counts line ends
    /// differently are common, so the size alone proves nothing.
    private func checkWholeness() throws(MailboxFault) {
        let answer = connection.send("", "NOOP", mostContent: 0, noContent: true)
        guard answer.code == CURLE_OK else { throw connection.fault(answer) }
        guard !answer.isNewConnection else { throw .unreachable("\(connection.server) closed the connection") }
    }

    func restoreUnseen(_ names: [String]) {}

    func putAway(_ names: [String]) {}

    func close() { connection.logOut("QUIT") }

    /// The lines of a list, `1 120`.
    private static func pairs(_ content: [UInt8]) -> [(Int, String)] {
        content.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let words = line.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") })
            guard words.count >= 2, let number = Int(String(decoding: words[0], as: UTF8.self)) else { return nil }
            return (number, String(decoding: words[1], as: UTF8.self))
        }
    }
}
