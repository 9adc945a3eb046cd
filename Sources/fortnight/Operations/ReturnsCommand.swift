import ArgumentParser
import Bulletin
import Foundation
import Journal
import Mail
import Publishing
import Records
import Settings
import Tokens

struct ReturnsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "returns", abstract: "Look into what comes back.", subcommands: [ReturnsExplainCommand.self])
}

struct ReturnsExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what a message that came back is taken for, and why.",
        discussion: """
            Bounces, delays, complaints, automatic replies and mailed wishes are told apart. Nothing is changed. Where the \
            secret may be read, it says too whether the return path is one of ours.
            """)

    @Argument(help: "The message as it came; - reads standard input.") var file: String
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func run() throws {
        let input = InputFile(file)
        let bytes = try input.bytes(most: TakeReturns.largest)
        guard bytes.count <= TakeReturns.largest else {
            throw CommandFailure(
                "\(input.name) has more than \(TakeReturns.largest >> 20) MB: it would be set aside, and left in the mailbox"
            )
        }
        let place = try place()
        let explained = Explained(
            reading: ReturnReading(bytes, returnAddress: place.configuration?.delivery.returnAddress),
            tokenKeys: place.tokenKeys)
        print(listing.json ? explained.json : explained.words(name: input.name))
    }

    /// The configuration and the keys, as far as this account may have them: what a message is can be said without.
    private func place() throws -> (configuration: Configuration?, tokenKeys: TokenKeys?) {
        guard let configuration = try common.config == nil ? try? common.configuration() : common.configuration() else {
            return (nil, nil)
        }
        // A secret is not made here where there is none.
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

    var json: String {
        var lines = JSONLine()
        lines.line { line in
            line.field("class", reading.class.rawValue)
            line.nullable("recipient", reading.recipient)
            line.nullable("status", reading.status?.description)
            line.nullable("verp", path)
            line.nullable("seal", seal?.rawValue)
            line.nullable("subscriber", (opened?.id ?? leaving)?.description)
            line.field("issue", opened?.mailing.issue.value)
            line.field("cause", reading.cause?.rawValue)
            line.field("reason", reading.reason)
            line.field("said", reading.words.isEmpty ? nil : ServerWords.clean(reading.words))
        }
        return lines.text
    }

    func words(name: String) -> String {
        var lines = ["\(name): \(kind)"]
        func add(_ label: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            lines.append("  \(label.padding(toLength: 16, withPad: " ", startingAt: 0))\(Terminal.safe(value))")
        }
        add("known by", reading.reason)
        add(
            reading.class == .hard || reading.class == .soft || reading.class == .delayed ? "not reached" : "about",
            reading.recipient)
        add("code", reading.status?.description)
        add("their server", reading.words.isEmpty ? nil : "“\(ServerWords.clean(reading.words))”")
        add("return path", path.map { "\($0)\(opened.map { ", of \($0.mailing.inWords)" } ?? "")" })
        add("seal", sealWords)
        add("what follows", consequence)
        return lines.joined(separator: "\n")
    }

    private var kind: String {
        let cause = reading.cause.map { ": \($0.inWords)" } ?? ""
        return switch reading.class {
        case .hard: "a hard bounce\(cause)"
        case .soft: "a soft bounce\(cause)"
        case .delayed: "a warning of a delay"
        case .complaint: "a complaint"
        case .autoreply: "an automatic reply"
        case .unsubscribe: "a wish to leave"
        case .subscribe: reading.confirms ? "a confirmation" : "a wish to join"
        case .help: "a wish for help"
        case .unknown: reading.overflow == nil ? "not known: a person's mail, or none of ours" : "too large or broken"
        }
    }

    private var sealWords: String? {
        switch seal {
        case .valid: "valid: subscriber \((opened?.id ?? leaving)?.description ?? "")"
        case .forged: "not valid: it was not made by this bulletin"
        case .unknown: "not looked at: this account has no secret to open it with"
        case nil: nil
        }
    }

    private var consequence: String {
        switch reading.class {
        case .hard, .soft, .delayed, .complaint:
            guard seal == .valid || seal == .unknown else {
                return "nothing: without a valid seal anybody could have written it; it stays in the mailbox"
            }
            return reading.class == .complaint ? "they get no further issue" : failureConsequence
        case .autoreply: return "nothing"
        case .unsubscribe:
            return seal == .valid
                ? "they get no further issue"
                : "whoever it comes from gets no further issue, and a goodbye that undoes it"
        case .subscribe:
            return reading.confirms ? "they get the next issue" : "they are sent a letter that asks to confirm"
        case .help: return "they are sent a short letter"
        case .unknown:
            return reading.overflow == nil
                ? "nothing: it stays in the mailbox" : "it is set aside: it stays in the mailbox"
        }
    }

    private var failureConsequence: String {
        switch (reading.class, reading.cause) {
        case (.delayed, _): "nothing: their server still tries"
        case (.hard, _): "they get no further issue, until they come back by their own new consent"
        case (_, .ours), (_, .tooLarge): "nothing for them: it lies with what was sent"
        default:
            "they get no further issue when it happens with \(ReturnPolicy.failures) issues in a row, over "
                + "\(Int(ReturnPolicy.span / 86_400)) days or more"
        }
    }
}
