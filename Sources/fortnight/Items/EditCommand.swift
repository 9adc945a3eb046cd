import ArgumentParser
import Basics
import Bulletin
import Editing
import Intake
import Planning

struct EditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Change a queued item, by options, from a file or in an editor.",
        discussion: "Without options and without --file the item opens in $EDITOR.")

    @Argument(help: "The item's id.") var id: String
    @Option(help: "A file with the complete new item; - reads standard input.") var file: String?
    @Flag(help: "Accept dates in words without asking.") var yes = false
    @OptionGroup var options: ItemOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let id = try ItemID.argument(id)
        let place = try CommandContext(common)
        let edit = EditItem(place.context, at: place.now, by: CommandContext.person)
        let old = try edit.queued(id)
        guard let changed = try changed(old, edit, place) else { return print("Nothing changed in \(id).") }
        for warning in changed.warnings { Terminal.warn(warning.description) }
        try ItemReport(place).say(changed, did: changed.isChanged ? "Changed" : "Nothing changed in")
        place.tell(changed.reprints)
        changed.suggestCorrection()
    }

    /// Nil where the editor's window was left without a change.
    private func changed(_ old: Item, _ edit: EditItem, _ place: CommandContext) throws -> ItemChange? {
        func apply(_ draft: (Item) throws -> ItemDraft) throws -> ItemChange {
            var shown = ItemDraft()
            return try edit(
                old.id, picturesIn: InputFile.folder(of: file),
                confirm: { try Confirmation(isSure: yes).confirm($0, shown) }
            ) { current in
                shown = try draft(current)
                return shown
            }
        }
        guard file != nil || !options.isEmpty else {
            let window = FormWindow { "fortnight edit \(id) --file \($0)" }
            return try window.fill(ItemWriter.markdown(old), name: id) { draft in
                try apply { current in
                    guard current == old else { throw overtaken(current, place) }
                    return draft
                }
            }
        }
        let given = try file.map { try ItemReader.read(InputFile($0).bytes(most: ItemReader.mostBytes)) }
        return try apply { current in
            var draft = given ?? ItemDraft(current)
            try options.fill(&draft)
            return draft
        }
    }

    private func overtaken(_ item: Item, _ place: CommandContext) -> CommandFailure {
        let editor = Terminal.safe(item.editedBy ?? item.addedBy)
        let time = (item.editedAt ?? place.now).inWords(in: place.zone)
        return CommandFailure(
            "\(editor) changed \(item.id) on \(time), while you were editing it: your change was not saved; see "
                + "fortnight show \(item.id)")
    }
}

struct RemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove an item from the queue, and from an issue that is not being sent yet.",
        discussion: "Readers are not told: if an event does not take place, use fortnight cancel.")

    @Argument(help: "The item's id.") var id: String
    @OptionGroup var common: CommonOptions

    func run() throws {
        let id = try ItemID.argument(id)
        let place = try CommandContext(common)
        let report = try ItemReport(place)
        let removed = try RemoveItem(place.context, at: place.now)(id)
        let item = removed.item
        print("Removed \(item.kind.rawValue) \(item.id): \(Terminal.safe(item.title))")
        if let number = removed.prospect.number {
            print("It was to be in issue \(number)\(report.day(of: number)), and is in none now.")
        }
        if let issue = removed.contradicts {
            print("Readers of issue \(issue) were told of it. If it does not take place, tell them:")
            print("  fortnight issue correct \(issue) --item \(item.id)")
        }
        place.tell(removed.reprints)
    }
}
