import ArgumentParser
import Basics
import Bulletin
import Foundation
import Intake
import Records
import Settings

struct AddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Queue an event, a meeting or a notice.",
        subcommands: [AddEventCommand.self, AddMeetingCommand.self, AddNoticeCommand.self])
}

struct AddEventCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "event", abstract: "Queue an event.")
    @OptionGroup var adding: AddingOptions
    @OptionGroup var options: ItemOptions
    @OptionGroup var common: CommonOptions

    func run() throws { try adding.add(.event, options, common) }
}

struct AddMeetingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "meeting", abstract: "Queue a network's meeting.")
    @OptionGroup var adding: AddingOptions
    @OptionGroup var options: ItemOptions
    @OptionGroup var common: CommonOptions

    func run() throws { try adding.add(.meeting, options, common) }
}

struct AddNoticeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "notice", abstract: "Queue a notice.")
    @OptionGroup var adding: AddingOptions
    @OptionGroup var options: ItemOptions
    @OptionGroup var common: CommonOptions

    func run() throws { try adding.add(.notice, options, common) }
}

/// Where an item comes from, and how it is taken in.
struct AddingOptions: ParsableArguments {
    @Option(help: "A file with the item, Markdown with front matter or JSON; - reads standard input.")
    var file: String?

    @Flag(help: "Take dates in words as they are understood, without asking.")
    var yes = false

    @Flag(help: "Ask field by field; on a terminal without an editor that is what happens.")
    var ask = false

    @Flag(help: "Write the item that was queued as JSON.")
    var json = false

    func add(_ kind: Item.Kind, _ options: ItemOptions, _ common: CommonOptions) throws {
        guard let taken = try taken(kind, options, common) else { throw CommandFailure("nothing was added") }
        for note in taken.notes { Terminal.warn(note.description) }
        try ItemReport(try CommandContext(common)).say(taken.item, did: "Queued", json: json)
    }

    /// By a file, by options, by asking, or in an editor's window; nil where nothing was written there.
    private func taken(
        _ kind: Item.Kind, _ options: ItemOptions, _ common: CommonOptions
    ) throws -> (item: Item, notes: [Problem])? {
        if let file {
            var draft = try ItemReader.read(InputFile(file).bytes(most: ItemReader.mostBytes))
            try options.fill(&draft)
            return try TakeIn(try CommandContext(common), beside: file, asks: !yes).add(draft, kind: kind)
        }
        if !options.isEmpty {
            var draft = ItemDraft()
            try options.fill(&draft)
            return try TakeIn(try CommandContext(common), asks: !yes).add(draft, kind: kind)
        }
        guard Terminal.canAsk else {
            throw ValidationError("Say what to add: by options, as --title, by --file F, or on a terminal.")
        }
        let place = try CommandContext(common)
        let taking = TakeIn(place, asks: !yes)
        if ask || EditorWindow.command == nil {
            return try Interview(kind: kind, place: place).fill { draft in
                print("")
                print(Terminal.safeLines(ItemWriter.markdown(draft)))
                return try taking.add(draft, kind: kind)
            }
        }
        return try FormWindow { "fortnight add \(kind.rawValue) --file \($0)" }
            .fill(ItemWriter.form(kind), name: kind.rawValue) { try taking.add($0, kind: kind) }
    }
}

/// Takes a draft into the queue.
struct TakeIn {
    private let place: CommandContext
    private let origin: String?
    private let asks: Bool

    /// A picture's path is relative to the file that names it, `origin`; without one to the current folder. `asks` is
    /// whether a person at the terminal is asked about dates that were written in words.
    init(_ place: CommandContext, beside origin: String? = nil, asks: Bool = false) {
        (self.place, self.origin, self.asks) = (place, origin, asks)
    }

    func add(_ draft: ItemDraft, kind: Item.Kind?) throws -> (item: Item, notes: [Problem]) {
        // Judged before anything is written; the picture's file is looked at as well.
        try confirm(try judged(draft, kind, id: try blankID()).item, draft)
        let picture = try picture(of: draft)
        var notes: [Problem] = []
        let item = try place.folder.queue.add { id in
            var taken = try judged(draft, kind, id: id)
            if let picture { taken.item.picture?.file = picture }
            notes = taken.notes
            return taken.item
        }
        return (item, notes + (try networkNote(item)))
    }

    /// What an editor should know of the network that the item names.
    private func networkNote(_ item: Item) throws -> [Problem] {
        guard let slug = item.network, try place.folder.networks.network(slug) == nil else {
            return []
        }
        let known = try place.folder.networks.list().networks.map(\.slug)
        let remedy = nearestName(to: slug, among: known).map { "did you mean \($0)?" } ?? "see fortnight networks list"
        return [
            Problem(
                field: "network", message: "there is no network \(slug) that meets by a rule; \(remedy)",
                severity: .warning)
        ]
    }

    /// Puts what `draft` makes of the item in its place. It is called again for the item as it stands while nobody else can
    /// change it, so that two editors at once lose nothing of each other's.
    func replace(
        _ id: ItemID, with draft: (Item) throws -> ItemDraft
    ) throws -> (item: Item, notes: [Problem]) {
        guard let old = try place.folder.queue.item(id) else { throw ItemReport.missing(id) }
        let wasTold = try place.folder.issues.wasTold(id)
        func judged(_ draft: ItemDraft, _ item: Item) throws -> AcceptedItem {
            try draft.item(
                replacing: item, wasTold: wasTold, now: place.now, by: CommandContext.person, defaultZone: place.zone)
        }
        let first = try draft(old)
        let foreseen = try judged(first, old).item
        try confirm(foreseen, first)
        let picture = foreseen.picture?.file == old.picture?.file ? nil : try picture(of: first)
        var notes: [Problem] = []
        let changed = try place.folder.queue.change(id) { current in
            var taken = try judged(try draft(current), current)
            if let picture { taken.item.picture?.file = picture }
            notes = taken.notes
            return taken.item
        }
        guard let changed else { throw ItemReport.missing(id) }
        return (changed, notes + (changed.network == old.network ? [] : try networkNote(changed)))
    }

    private func judged(_ draft: ItemDraft, _ kind: Item.Kind?, id: ItemID) throws -> AcceptedItem {
        var draft = draft
        try inherit(&draft)
        let domain = place.configuration.bulletin.from.address.domain
        return try draft.item(
            id: id, uid: "\(UUID().uuidString.lowercased())@\(domain)", kind: kind, now: place.now,
            by: CommandContext.person, defaultZone: place.zone)
    }

    /// What a meeting's network says of all its meetings stands in the notice where the editor wrote nothing of it.
    private func inherit(_ draft: inout ItemDraft) throws {
        guard let slug = draft[field: "network"], let network = try place.folder.networks.network(slug) else { return }
        draft.inherit(from: Announcing.item(of: network, network.meeting(network.starts), domain: "example.org"))
    }

    /// Reads dates that were written in words back in full before they are taken.
    private func confirm(_ item: Item, _ draft: ItemDraft) throws {
        guard asks, draft.hasTimesInWords, Terminal.canAsk else { return }
        for line in ItemReport.times(of: item) { print(line) }
        guard Terminal.ask("Is that right?") else {
            throw CommandFailure("nothing was changed; write the date as 2027-03-04 13:30")
        }
    }

    private func blankID() throws -> ItemID {
        guard let id = ItemID("aaaaaa") else { throw CommandFailure("no id") }
        return id
    }

    private func picture(of draft: ItemDraft) throws -> String? {
        guard let path = draft[field: "picture.file"] else { return nil }
        let folder = origin.map { $0 == "-" ? "." : URL(filePath: $0).deletingLastPathComponent().path } ?? "."
        let whole = path.hasPrefix("/") ? path : "\(folder)/\(path)"
        do {
            return try place.folder.pictures.take(file: whole)
        } catch let fault as PictureStore.Fault {
            throw Problems([Problem(field: "picture.file", message: fault.description)])
        }
    }
}
