import Basics
import CCurl
import Curl

/// An IMAP mailbox (RFC 3501) by libcurl's commands. libcurl's own fetch is the one that takes a message of any content
/// byte by byte; it sets \Seen.
final class IMAPMailbox: OpenMailbox {
    let validity: String
    let hasNumbers = true
    let putsAway = true
    private let conversation: MailConversation
    private let capabilities: Set<String>
    /// The URL's part that names folder and numbering: the server's reply is held to it when it is selected again.
    private let place: String
    /// How many messages there were at first.
    private let count: Int
    private let isReadOnly: Bool
    /// The highest UID there is; nil until it is asked for.
    private var highest: UInt32?
    private var cursor: UInt32 = 1
    private var width = mostListed
    private var isFolderReady = false

    /// UIDs asked for at a time. libcurl counts the octets of a reply anew for each of its lines that it reads from its
    /// buffer, and gives up at 300 KB ("Too large response headers"): some 90 lines of usual length. Where lines are
    /// longer, fewer are asked for.
    private static let mostListed: UInt32 = 50
    /// UIDs named in one command; servers take lines of 1,000 octets at least (RFC 2683 section 3.2.1.5).
    private static let mostNamed = 50

    init(_ conversation: MailConversation) throws(MailboxFault) {
        self.conversation = conversation
        let server = conversation.server
        // Without a folder first, so that a refused login and a missing folder are told apart: libcurl calls both the same.
        let hello = conversation.say("", "CAPABILITY", mostContent: 0)
        guard hello.code == CURLE_OK else { throw conversation.fault(hello) }
        capabilities = IMAPReply.capabilities(in: hello.lines)
        let name = percentEncoded(FolderName.modifiedUTF7(server.folder))
        let selected = conversation.say(name, "NOOP", mostContent: 0)
        guard selected.code != CURLE_LOGIN_DENIED else {
            let said = selected.lines.last { !$0.hasPrefix("*") }.map(MailConversation.legible) ?? ""
            throw .refused("\(server) has no folder \(server.folder) for us (mailbox.url): it said \"\(said)\"")
        }
        guard selected.code == CURLE_OK else { throw conversation.fault(selected) }
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
                // UIDs of messages that are gone are not used again: there may be millions of them.
                cursor = max(end + 1, try firstUID(above: end))
                continue
            }
            cursor = end == .max ? end : end + 1
            if !found.isEmpty { return found }
            if end == highest { break }
        }
        return nil
    }

    /// Nil where the reply was more than libcurl takes, and fewer are to be asked for.
    private func list(_ range: ClosedRange<UInt32>) throws(MailboxFault) -> [ListedMessage]? {
        let command = "UID FETCH \(range.lowerBound):\(range.upperBound) (UID RFC822.SIZE FLAGS)"
        let answer = conversation.say(place, command, mostContent: 0)
        if answer.code == CURLE_RECV_ERROR, width > 1 { return nil }
        guard answer.code == CURLE_OK else { throw fault(answer) }
        var found: [UInt32: IMAPReply.Fetched] = [:]
        for line in answer.lines {
            guard let fetched = IMAPReply.fetched(line), range.contains(fetched.uid) else { continue }
            // A change of flags that the server tells unasked comes without a size.
            if fetched.size != nil || found[fetched.uid] == nil { found[fetched.uid] = fetched }
        }
        return found.values.sorted { $0.uid < $1.uid }.filter { !$0.flags.contains("\\deleted") }.map {
            ListedMessage(name: String($0.uid), size: $0.size, wasSeen: $0.flags.contains("\\seen"))
        }
    }

    private func lastUID() throws(MailboxFault) -> UInt32 {
        try say("UID FETCH * (UID)").compactMap { IMAPReply.fetched($0)?.uid }.max() ?? 0
    }

    /// The lowest UID above `uid`, found by halves among the messages' numbers, in which they have the same order. A
    /// number that is there no longer, since messages are moved away meanwhile, counts as high.
    private func firstUID(above uid: UInt32) throws(MailboxFault) -> UInt32 {
        var (low, high) = (1, count)
        var best = highest ?? uid
        while low <= high {
            let middle = (low + high) / 2
            let answer = conversation.say(place, "FETCH \(middle) (UID)", mostContent: 0)
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
        let most = conversation.timeouts.mostOctets
        if let size = message.size, size > most { throw .tooLarge }
        let answer = conversation.say("\(place)/;UID=\(message.name)", mostContent: most)
        switch answer.code {
        case CURLE_OK: return answer.content
        case CURLE_REMOTE_FILE_NOT_FOUND:
            guard answer.isNewConnection else { throw .gone }
            // Selected again, the folder may be numbered anew; the next visit finds out.
            throw .unreachable("\(conversation.server) closed the connection")
        case CURLE_WRITE_ERROR where answer.overflowed: throw .tooLarge
        case CURLE_WEIRD_SERVER_REPLY:
            // A message without anything in it comes as a quoted string, which libcurl does not take for one.
            if answer.lines.contains(where: { $0.contains("BODY[] \"\"") }) { return [] }
            throw .unreadable("the server's answer makes no sense")
        case CURLE_PARTIAL_FILE: throw .unreadable("the server refused it or broke off")
        default: throw conversation.fault(answer)
        }
    }

    func restoreUnseen(_ names: [String]) throws(MailboxFault) {
        // Where nothing may be changed, reading sets no flag.
        guard !isReadOnly else { return }
        for set in Self.sets(of: names) {
            _ = try say("UID STORE \(set) -FLAGS.SILENT (\\Seen)", "mark what is a person's mail as unread again")
        }
    }

    func putAway(_ names: [String]) throws(MailboxFault) {
        guard !names.isEmpty else { return }
        let server = conversation.server
        if isReadOnly { throw .refused("\(server) lets us only read \(server.folder): nothing can be moved out of it") }
        let folder = try readyFolder()
        for set in Self.sets(of: names) {
            if capabilities.contains("MOVE") {
                _ = try say("UID MOVE \(set) \(folder)", "move messages to \(dealtWithFolder)")
                continue
            }
            _ = try say("UID COPY \(set) \(folder)", "copy messages to \(dealtWithFolder)")
            _ = try say("UID STORE \(set) +FLAGS.SILENT (\\Deleted)", "mark messages as deleted")
            // EXPUNGE alone would take what a person has marked as well (RFC 4315 section 2.1).
            if capabilities.contains("UIDPLUS") { _ = try say("UID EXPUNGE \(set)", "take moved messages away") }
        }
    }

    /// The quoted name of the folder for what was dealt with, which is made where it is missing.
    private func readyFolder() throws(MailboxFault) -> String {
        // What stands before a person's own folders, such as INBOX., is in the server's own spelling already.
        let prefix =
            capabilities.contains("NAMESPACE") ? IMAPReply.personalPrefix(in: try say("NAMESPACE", in: "")) : ""
        let name = prefix + dealtWithFolder
        let folder = FolderName.quoted(name)
        guard !isFolderReady else { return folder }
        if name == FolderName.modifiedUTF7(conversation.server.folder) {
            throw .refused("mailbox.url names the folder that we move messages to: name the one that mail comes to")
        }
        if !IMAPReply.listsFolder(in: try say("LIST \"\" \(folder)", in: "")) {
            _ = try say("CREATE \(folder)", "make the folder \(name)", in: "")
            // So that mail programs show it; those that show all folders, and servers that know no subscriptions, do not mind.
            _ = conversation.say("", "SUBSCRIBE \(folder)", mostContent: 0)
        }
        isFolderReady = true
        return folder
    }

    func close() { conversation.leave("LOGOUT") }

    /// Says a command in the folder, or before one is selected; the server's lines. `what` says what a refusal refuses.
    private func say(
        _ command: String, _ what: String? = nil, in place: String? = nil
    ) throws(MailboxFault) -> [String] {
        let answer = conversation.say(place ?? self.place, command, mostContent: 0)
        if answer.code == CURLE_OK { return answer.lines }
        let said = answer.lines.last.map(MailConversation.legible) ?? ""
        if answer.code == CURLE_QUOTE_ERROR, let what {
            throw .refused("\(conversation.server) does not let us \(what): it said \"\(said)\"")
        }
        throw fault(answer)
    }

    private func fault(_ answer: MailConversation.Answer) -> MailboxFault {
        answer.code == CURLE_REMOTE_FILE_NOT_FOUND
            ? .unreachable("\(conversation.server) has numbered its messages anew") : conversation.fault(answer)
    }

    private static func sets(of names: [String]) -> [String] {
        stride(from: 0, to: names.count, by: mostNamed).map { start in
            names[start..<min(start + mostNamed, names.count)].joined(separator: ",")
        }
    }
}
