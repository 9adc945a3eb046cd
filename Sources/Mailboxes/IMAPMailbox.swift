import Basics
import CCurl
import Curl

/// An IMAP mailbox (RFC 3501) through libcurl's commands. Only libcurl's own fetch returns a message byte by byte
/// whatever it contains; it sets \Seen.
final class IMAPMailbox: OpenMailbox {
    let validity: String
    let hasNumbers = true
    let putsAway = true
    private let connection: MailboxConnection
    private let capabilities: Set<String>
    /// The part of the URL that names folder and UIDVALIDITY: libcurl compares them when it selects the folder again.
    private let place: String
    /// The number of messages when the folder was opened.
    private let count: Int
    private let isReadOnly: Bool
    /// The highest UID; nil until it is asked for.
    private var highest: UInt32?
    private var cursor: UInt32 = 1
    private var width = mostListed
    private var isFolderReady = false

    /// The number of UIDs asked for at a time. For each line of a reply libcurl counts the octets in its buffer again,
    /// and gives up at 300 KB ("Too large response headers"): some 90 lines of usual length. If lines are longer, fewer
    /// are asked for.
    private static let mostListed: UInt32 = 50
    /// The number of UIDs in one command; servers take lines of 1,000 octets at least (RFC 2683 section 3.2.1.5).
    private static let mostNamed = 50

    init(_ connection: MailboxConnection) throws(MailboxFault) {
        self.connection = connection
        let server = connection.server
        // First without a folder, to tell a refused login from a missing folder: libcurl reports both alike.
        let hello = connection.send("", "CAPABILITY", mostContent: 0)
        guard hello.code == CURLE_OK else { throw connection.fault(hello) }
        capabilities = IMAPReply.capabilities(in: hello.lines)
        let name = percentEncoded(FolderName.modifiedUTF7(server.folder))
        let selected = connection.send(name, "NOOP", mostContent: 0)
        guard selected.code != CURLE_LOGIN_DENIED else {
            let said = selected.lines.last { !$0.hasPrefix("*") }.map(MailboxConnection.legible) ?? ""
            throw .refused("\(server) has no folder \(server.folder) for this user (mailbox.url): it said \"\(said)\"")
        }
        guard selected.code == CURLE_OK else { throw connection.fault(selected) }
        validity = IMAPReply.code("UIDVALIDITY", in: selected.lines) ?? ""
        place = validity.isEmpty ? name : "\(name);UIDVALIDITY=\(validity)"
        count = IMAPReply.exists(in: selected.lines) ?? 0
        isReadOnly = selected.lines.contains { $0.uppercased().contains("[READ-ONLY]") }
    }

    func next(after through: UInt32) throws(MailboxFault) -> [ListedMessage]? {
        guard count > 0 else { return nil }
        if highest == nil { highest = try lastUID() }
        guard let highest else { return nil }
        cursor = max(cursor, through == .max ? through : through + 1)
        while cursor <= highest {
            let end = highest - cursor < width ? highest : cursor + width - 1
            guard let found = try list(cursor...end) else {
                width = max(1, width / 4)
                continue
            }
            if found.isEmpty, end < highest {
                // UIDs of removed messages are not used again: there may be millions of them.
                cursor = max(end + 1, try firstUID(above: end))
                continue
            }
            cursor = end == .max ? end : end + 1
            if !found.isEmpty { return found }
            if end == highest { break }
        }
        return nil
    }

    /// Nil if the reply was longer than libcurl's limit, and fewer must be asked for.
    private func list(_ range: ClosedRange<UInt32>) throws(MailboxFault) -> [ListedMessage]? {
        let command = "UID FETCH \(range.lowerBound):\(range.upperBound) (UID RFC822.SIZE FLAGS)"
        let answer = connection.send(place, command, mostContent: 0)
        if answer.code == CURLE_RECV_ERROR, width > 1 { return nil }
        guard answer.code == CURLE_OK else { throw fault(answer) }
        var found: [UInt32: IMAPReply.Fetched] = [:]
        for line in answer.lines {
            guard let fetched = IMAPReply.fetched(line), range.contains(fetched.uid) else { continue }
            // A change of flags that the server sends unasked comes without a size.
            if fetched.size != nil || found[fetched.uid] == nil { found[fetched.uid] = fetched }
        }
        return found.values.sorted { $0.uid < $1.uid }.filter { !$0.flags.contains("\\deleted") }.map {
            ListedMessage(name: String($0.uid), size: $0.size, wasSeen: $0.flags.contains("\\seen"))
        }
    }

    private func lastUID() throws(MailboxFault) -> UInt32 {
        try send("UID FETCH * (UID)").compactMap { IMAPReply.fetched($0)?.uid }.max() ?? 0
    }

    /// The lowest UID above `uid`, found by bisection over message numbers, which have the same order. A number that no
    /// longer exists, since messages are moved away meanwhile, counts as high.
    private func firstUID(above uid: UInt32) throws(MailboxFault) -> UInt32 {
        var (low, high) = (1, count)
        var best = highest ?? uid
        while low <= high {
            let middle = (low + high) / 2
            let answer = connection.send(place, "FETCH \(middle) (UID)", mostContent: 0)
            guard answer.code == CURLE_OK || answer.code == CURLE_QUOTE_ERROR else { throw fault(answer) }
            let found =
                answer.code == CURLE_OK ? answer.lines.compactMap { IMAPReply.fetched($0)?.uid }.first : nil
            if let found, found <= uid {
                low = middle + 1
            } else {
                if let found { best = found }
                high = middle - 1
            }
        }
        return best
    }

    func content(of message: ListedMessage) throws(MailboxFault) -> [UInt8] {
        let most = connection.timeouts.mostOctets
        if let size = message.size, size > most { throw .tooLarge }
        let answer = connection.send("\(place)/;UID=\(message.name)", mostContent: most)
        switch answer.code {
        case CURLE_OK: return answer.content
        case CURLE_REMOTE_FILE_NOT_FOUND:
            guard answer.isNewConnection else { throw .gone }
            // If the folder was selected again, it may have been renumbered; the next visit finds out.
            throw .unreachable("\(connection.server) closed the connection")
        case CURLE_WRITE_ERROR where answer.overflowed: throw .tooLarge
        case CURLE_WEIRD_SERVER_REPLY:
            // An empty message comes as a quoted string, which libcurl does not recognise.
            if answer.lines.contains(where: { $0.contains("BODY[] \"\"") }) { return [] }
            throw .unreadable("the server's reply cannot be understood")
        case CURLE_PARTIAL_FILE: throw .unreadable("the server refused it or broke off")
        default: throw connection.fault(answer)
        }
    }

    func restoreUnseen(_ names: [String]) throws(MailboxFault) {
        // In a read-only folder, reading sets no flag.
        guard !isReadOnly else { return }
        for set in Self.sets(of: names) {
            _ = try send("UID STORE \(set) -FLAGS.SILENT (\\Seen)", "mark a person's mail as unread again")
        }
    }

    func putAway(_ names: [String]) throws(MailboxFault) {
        guard !names.isEmpty else { return }
        let server = connection.server
        if isReadOnly { throw .refused("\(server) opens \(server.folder) read-only: nothing can be moved out of it") }
        let folder = try readyFolder()
        for set in Self.sets(of: names) {
            if capabilities.contains("MOVE") {
                _ = try send("UID MOVE \(set) \(folder)", "move messages to \(dealtWithFolder)")
                continue
            }
            _ = try send("UID COPY \(set) \(folder)", "copy messages to \(dealtWithFolder)")
            _ = try send("UID STORE \(set) +FLAGS.SILENT (\\Deleted)", "mark messages as deleted")
            // EXPUNGE alone would also remove messages that a person has marked (RFC 4315 section 2.1).
            if capabilities.contains("UIDPLUS") { _ = try send("UID EXPUNGE \(set)", "remove moved messages") }
        }
    }

    /// The quoted name of the folder for processed messages, which is made if it is missing.
    private func readyFolder() throws(MailboxFault) -> String {
        // The prefix of a person's own folders, such as INBOX., is already in the server's own spelling.
        let prefix =
            capabilities.contains("NAMESPACE") ? IMAPReply.personalPrefix(in: try send("NAMESPACE", in: "")) : ""
        let name = prefix + dealtWithFolder
        let folder = FolderName.quoted(name)
        guard !isFolderReady else { return folder }
        if name == FolderName.modifiedUTF7(connection.server.folder) {
            throw .refused(
                "mailbox.url names the folder that Fortnight moves messages to: name the one that mail arrives in")
        }
        if !IMAPReply.listsFolder(in: try send("LIST \"\" \(folder)", in: "")) {
            _ = try send("CREATE \(folder)", "make the folder \(name)", in: "")
            // So that mail programs show it; those that show all folders, and servers without subscriptions, ignore it.
            _ = connection.send("", "SUBSCRIBE \(folder)", mostContent: 0)
        }
        isFolderReady = true
        return folder
    }

    func close() { connection.logOut("LOGOUT") }

    /// Sends a command, in the folder or before one is selected, and returns the server's lines. `what` names the
    /// operation in a refusal.
    private func send(
        _ command: String, _ what: String? = nil, in place: String? = nil
    ) throws(MailboxFault) -> [String] {
        let answer = connection.send(place ?? self.place, command, mostContent: 0)
        if answer.code == CURLE_OK { return answer.lines }
        let said = answer.lines.last.map(MailboxConnection.legible) ?? ""
        if answer.code == CURLE_QUOTE_ERROR, let what {
            throw .refused("\(connection.server) does not let Fortnight \(what): it said \"\(said)\"")
        }
        throw fault(answer)
    }

    private func fault(_ answer: MailboxConnection.Answer) -> MailboxFault {
        answer.code == CURLE_REMOTE_FILE_NOT_FOUND
            ? .unreachable("\(connection.server) has renumbered its messages") : connection.fault(answer)
    }

    private static func sets(of names: [String]) -> [String] {
        stride(from: 0, to: names.count, by: mostNamed).map { start in
            names[start..<min(start + mostNamed, names.count)].joined(separator: ",")
        }
    }
}
