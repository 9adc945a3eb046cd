import ArgumentParser
import Bulletin
import Foundation
import Mail
import Records
import Settings
import Tokens

struct ReturnsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "returns", abstract: "Inspect returned mail.", subcommands: [ReturnsExplainCommand.self])
}

struct ReturnsExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain how a returned message is understood, and why.",
        discussion: """
            Tells bounces, delays, complaints, automatic replies and subscribers' requests apart. Nothing is changed. If \
            this account may read the secret, the command also checks the return path.
            """)

    @Argument(help: "The message as it arrived; - reads standard input.") var file: String
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func run() throws {
        let input = InputFile(file)
        let bytes = try input.bytes(most: ReturnReading.mostOctets)
        guard bytes.count <= ReturnReading.mostOctets else {
            throw CommandFailure(
                "\(input.name) has more than \(ReturnReading.mostOctets >> 20) MB: the daemon would leave it in the mailbox unread"
            )
        }
        let place = try place()
        let explained = Explained(
            reading: ReturnReading(bytes, returnAddress: place.configuration?.delivery.returnAddress),
            tokenKeys: place.tokenKeys)
        if listing.json { try explained.row.printJSON() } else { print(explained.words(name: input.name)) }
    }

    /// The configuration and the keys, as far as this account may read them. A message can be read without.
    private func place() throws -> (configuration: Configuration?, tokenKeys: TokenKeys?) {
        guard let configuration = try common.config == nil ? try? common.configuration() : common.configuration() else {
            return (nil, nil)
        }
        // This command must not make a secret.
        guard FileManager.default.isReadableFile(atPath: "\(configuration.state)/secret") else {
            return (configuration, nil)
        }
        return (configuration, try? StateFolder(path: configuration.state).tokenKeys())
    }
}

/// A reading in words, and as JSON.
private struct Explained {
    private enum Seal: String { case valid, forged, unknown }

    let reading: ReturnReading
    private let opened: (mailing: Mailing, id: SubscriberID)?
    private let leaving: SubscriberID?
    private let seal: Seal?
    private let path: String?

    init(reading: ReturnReading, tokenKeys: TokenKeys?) {
        self.reading = reading
        let trace = reading.trace
        let valid = tokenKeys.flatMap { tokenKeys in trace.returnPaths.first { tokenKeys.openReturnPath($0) != nil } }
        path = valid ?? trace.returnPaths.first
        opened = valid.flatMap { tokenKeys?.openReturnPath($0) }
        leaving = tokenKeys.flatMap { tokenKeys in
            trace.wishAddresses.lazy.compactMap { tokenKeys.openUnsubscribeAddress($0) }.first
                ?? trace.leaveTokens.lazy.compactMap { tokenKeys.open($0, as: .leave) }.first
        }
        let isMarked = path != nil || !trace.wishAddresses.isEmpty || !trace.leaveTokens.isEmpty
        seal = !isMarked ? nil : tokenKeys == nil ? .unknown : opened != nil || leaving != nil ? .valid : .forged
    }

    var row: ReturnRow {
        ReturnRow(
            class: reading.class.rawValue, recipient: reading.recipient, status: reading.status?.description,
            verp: path,
            seal: seal?.rawValue, subscriber: (opened?.id ?? leaving)?.description, issue: opened?.mailing.issue.value,
            cause: reading.cause?.rawValue, reason: reading.reason,
            said: reading.words.isEmpty ? nil : ServerWords.clean(reading.words))
    }

    func words(name: String) -> String {
        var lines = ["\(name): \(kind)"]
        func add(_ label: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            lines.append("  \(label.padding(toLength: 16, withPad: " ", startingAt: 0))\(Terminal.safe(value))")
        }
        add("recognised by", reading.reason)
        add(
            reading.class == .hard || reading.class == .soft || reading.class == .delayed ? "not reached" : "about",
            reading.recipient)
        add("code", reading.status?.description)
        add("their server", reading.words.isEmpty ? nil : "“\(ServerWords.clean(reading.words))”")
        add("return path", path.map { "\($0)\(opened.map { ", of \($0.mailing.inWords)" } ?? "")" })
        add("seal", sealWords)
        add("result", consequence)
        return lines.joined(separator: "\n")
    }

    private var kind: String {
        let cause = reading.cause.map { ": \($0.inWords)" } ?? ""
        return switch reading.class {
        case .hard: "a hard bounce\(cause)"
        case .soft: "a soft bounce\(cause)"
        case .delayed: "a notice of delay"
        case .complaint: "a complaint"
        case .autoreply: "an automatic reply"
        case .unsubscribe: "a request to leave"
        case .subscribe: reading.confirms ? "a confirmation" : "a request to join"
        case .help: "a request for help"
        case .unknown:
            reading.overflow == nil ? "not recognised: a person's mail, or somebody else's" : "too large or broken"
        }
    }

    private var sealWords: String? {
        switch seal {
        case .valid: "valid: subscriber \((opened?.id ?? leaving)?.description ?? "")"
        case .forged: "not valid: this bulletin did not make it"
        case .unknown: "not checked: this account may not read the secret"
        case nil: nil
        }
    }

    private var consequence: String {
        switch reading.class {
        case .hard, .soft, .delayed, .complaint:
            guard seal == .valid || seal == .unknown else {
                return "nothing: anybody could have written it; it stays in the mailbox"
            }
            return reading.class == .complaint ? "they get no further issue" : failureConsequence
        case .autoreply: return "nothing"
        case .unsubscribe:
            return seal == .valid
                ? "they get no further issue"
                : "the sender gets no further issue, and a goodbye with a link to undo it"
        case .subscribe:
            return reading.confirms ? "they get the next issue" : "they get a letter that asks them to confirm"
        case .help: return "they get a short letter of help"
        case .unknown:
            return reading.overflow == nil
                ? "nothing: it stays in the mailbox" : "it is set aside, in the mailbox"
        }
    }

    private var failureConsequence: String {
        switch (reading.class, reading.cause) {
        case (.delayed, _): "nothing: their server keeps trying"
        case (.hard, _): "they get no further issue, unless they subscribe again"
        case (_, .ours), (_, .tooLarge): "nothing for them: the fault is in the message that was sent"
        default:
            "they get no further issue once it happens with \(ReturnPolicy.failures) issues in a row, over "
                + "\(Int(ReturnPolicy.span / 86_400)) days or more"
        }
    }
}

/// A reading in JSON.
private struct ReturnRow: Encodable {
    let `class`: String
    @Nullable var recipient: String?
    @Nullable var status: String?
    @Nullable var verp: String?
    @Nullable var seal: String?
    @Nullable var subscriber: String?
    let issue: Int?
    let cause: String?
    let reason: String
    let said: String?
}
