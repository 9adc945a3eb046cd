import ArgumentParser
import Basics
import Bulletin
import Editing
import Foundation
import Planning
import Records

struct IssueOrderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "order", abstract: "Put items first in an issue, in this order.")
    @OptionGroup var arranging: ArrangingOptions
    @Argument(help: "The items' ids, in order; each stays in its part of the issue.") var ids: [String] = []
    @Flag(help: "Restore the usual order.") var remove = false

    func validate() throws {
        guard ids.isEmpty == remove else {
            throw ValidationError("Give the items' ids in order, or --remove for the usual order.")
        }
    }

    func run() throws {
        let ids = try ids.map(ItemID.argument)
        try arranging.arrange(remove ? "is in its usual order" : "is put in order") { try $0.order(ids) }
    }
}

struct IssuePinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pin",
        abstract: "Put an item into an issue, although it was in another or its days do not allow it."
    )
    @OptionGroup var arranging: ArrangingOptions
    @Argument(help: "The item's id.") var id: String

    func run() throws {
        let id = try ItemID.argument(id)
        try arranging.arrange("has \(id) pinned to it") { try $0.pin(id) }
    }
}

struct IssueUnpinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "unpin", abstract: "Remove a pin.")
    @OptionGroup var arranging: ArrangingOptions
    @Argument(help: "The item's id.") var id: String

    func run() throws {
        let id = try ItemID.argument(id)
        try arranging.arrange("no longer has \(id) pinned to it") { try $0.unpin(id) }
    }
}

struct IssueIntroCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intro", abstract: "Write an introduction before the items of an issue, in Markdown.",
        discussion: "Without options it opens in $EDITOR.")
    @OptionGroup var arranging: ArrangingOptions
    @Option(help: "A file with the text; - reads standard input.") var file: String?
    @Option(help: "The text itself.") var text: String?
    @Flag(help: "Remove the introduction.") var remove = false

    func validate() throws {
        guard [file != nil, text != nil, remove].count(where: { $0 }) <= 1 else {
            throw ValidationError("Give one of --file, --text and --remove.")
        }
    }

    func run() throws {
        if remove { return try arranging.arrange("no longer has an introduction") { try $0.introduce(nil) } }
        let written = try written()
        try arranging.arrange("has its introduction") { try $0.introduce(written) }
    }

    private func written() throws -> String {
        if let text { return text }
        let bytes: [UInt8]
        if let file {
            bytes = try InputFile(file).bytes(most: Introduction.most * 8)
        } else {
            let place = try CommandContext(arranging.common)
            let old = try place.folder.plans.plan(IssueNumber.argument(arranging.number)).introduction
            return try edited(old ?? "")
        }
        return try Self.text(bytes)
    }

    /// The text after it was edited in a window. Where it is refused, the file is kept, and the message names it.
    private func edited(_ old: String) throws -> String {
        let draft = try DraftFile("intro")
        try draft.write(old)
        do {
            try EditorWindow.open(draft.path)
            let text = try Self.text(InputFile(draft.path).bytes(most: Introduction.most * 8))
            try Introduction.check(text.trimmingCharacters(in: .whitespacesAndNewlines))
            draft.remove()
            return text
        } catch {
            Terminal.error("Your text is kept in \(draft.path): correct it, and give it with --file.")
            throw error
        }
    }

    private static func text(_ bytes: [UInt8]) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure("the introduction is not UTF-8; save it as UTF-8")
        }
        return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    }
}

/// Changes the order, pins or introduction of one issue.
struct ArrangingOptions: ParsableArguments {
    @Argument(help: "The issue's number.") var number: Int
    @OptionGroup var common: CommonOptions

    /// `words` goes on from the issue's name, without a full stop.
    func arrange(_ words: String, _ body: (ArrangeIssue) throws -> ArrangedIssue) throws {
        let number = try IssueNumber.argument(number)
        let place = try CommandContext(common)
        let arranged = try body(ArrangeIssue(place.context, number, at: place.now, by: CommandContext.person))
        let row = arranged.row
        print("Issue \(number) \(words); it is sent on \(row.sends.inWords(in: place.zone)).")
        if !row.items.isEmpty { print("It holds:") }
        for item in row.items { print("  \(item.id)  \(Terminal.safe(item.title))") }
        place.tell(arranged.reprints)
    }
}

extension Decision {
    /// The decision, its author and its time, in a line: `held by ann on Wednesday 25 November 2026 at 10:05: burst pipes`.
    func inWords(zone: TimeZone) -> String {
        let end = " by \(by) on \(at.inWords(in: zone))"
        switch kind {
        case .hold(let why): return "held" + end + (why.map { ": \($0)" } ?? "")
        case .release: return "released" + end
        case .skip(let why): return "skipped" + end + (why.map { ": \($0)" } ?? "")
        case .sendNow: return "sent at once" + end
        case .move(let time): return "moved to \(time.inWords)" + end
        case .correct(_, let text): return "corrected" + end + ": \(text.split(separator: "\n").first ?? "")"
        case .arrange(let words): return words + end
        }
    }
}
