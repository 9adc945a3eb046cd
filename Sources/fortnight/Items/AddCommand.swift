import ArgumentParser
import Basics
import Bulletin
import Editing
import Foundation
import Intake

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

/// Where an item comes from, and how it is queued.
struct AddingOptions: ParsableArguments {
    @Option(help: "A file with the item, as Markdown with front matter or as JSON; - reads standard input.")
    var file: String?

    @Flag(help: "Accept dates in words without asking.")
    var yes = false

    @Flag(help: "Ask for each field in turn. A terminal without an editor does so anyway.")
    var ask = false

    @Flag(help: "Print the queued item as JSON.")
    var json = false

    func add(_ kind: Item.Kind, _ options: ItemOptions, _ common: CommonOptions) throws {
        guard let added = try added(kind, options, common) else { throw CommandFailure("nothing was added") }
        for warning in added.warnings { Terminal.warn(warning.description) }
        let place = try CommandContext(common)
        let report = try ItemReport(place)
        if json { try report.row(added.item).printJSON() } else { try report.say(added, did: "Queued") }
        place.tell(added.reprints, json: json)
    }

    /// From a file, from options, by questions, or from an editor's window; nil where nothing was written there.
    private func added(_ kind: Item.Kind, _ options: ItemOptions, _ common: CommonOptions) throws -> ItemChange? {
        if let file {
            var draft = try ItemReader.read(InputFile(file).bytes(most: ItemReader.mostBytes))
            try options.fill(&draft)
            return try add(draft, kind, try CommandContext(common))
        }
        if !options.isEmpty {
            var draft = ItemDraft()
            try options.fill(&draft)
            return try add(draft, kind, try CommandContext(common))
        }
        guard Terminal.canAsk else {
            throw ValidationError(
                "There is nothing to add: give options such as --title, or --file F, or work on a terminal.")
        }
        let place = try CommandContext(common)
        if ask || EditorWindow.command == nil {
            return try Interview(kind: kind, place: place).fill { draft in
                print("")
                print(Terminal.safeLines(ItemWriter.markdown(draft)))
                return try add(draft, kind, place)
            }
        }
        return try FormWindow { "fortnight add \(kind.rawValue) --file \($0)" }
            .fill(ItemWriter.form(kind), name: kind.rawValue) { try add($0, kind, place) }
    }

    private func add(_ draft: ItemDraft, _ kind: Item.Kind, _ place: CommandContext) throws -> ItemChange {
        try AddItem(place.context, at: place.now, by: CommandContext.person)(
            draft, kind: kind, picturesIn: InputFile.folder(of: file),
            confirm: { try Confirmation(isSure: yes).confirm($0, draft) })
    }
}

/// Asks the person at the terminal about dates that were written in words.
struct Confirmation {
    /// Whether they need not be asked.
    let isSure: Bool

    /// Reads the dates back in full. Throws where the person says no.
    func confirm(_ item: Item, _ draft: ItemDraft) throws {
        guard !isSure, draft.hasTimesInWords, Terminal.canAsk else { return }
        for line in ItemReport.times(of: item) { print(line) }
        guard Terminal.ask("Is that right?") else {
            throw CommandFailure("nothing was changed; write the date as 2027-03-04 13:30")
        }
    }
}
