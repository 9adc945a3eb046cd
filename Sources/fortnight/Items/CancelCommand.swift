import ArgumentParser
import Bulletin
import Editing

struct CancelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Call off a queued event or meeting; readers are told.",
        discussion: """
            The item stays in the queue, and every issue until its date says that it is called off. If no reader was told \
            of it yet, remove it instead: fortnight remove.
            """)

    @Argument(help: "The item's id.") var id: String
    @OptionGroup var why: ReasonOption
    @Flag(help: "Let it take place after all.") var undo = false
    @OptionGroup var common: CommonOptions

    func run() throws {
        let id = try ItemID.argument(id)
        let place = try CommandContext(common)
        let cancel = CancelItem(place.context, at: place.now, by: CommandContext.person)
        let changed = try undo ? cancel.undo(id) : cancel(id, why: why.why)
        try ItemReport(place).say(changed, did: undo ? "No longer called off:" : "Called off")
        place.tell(changed.reprints)
        if changed.contradicts != nil {
            changed.suggestCorrection()
        } else if !undo {
            print("No issue has told readers of it yet; to leave it out altogether: fortnight remove \(id)")
        }
    }
}

extension ItemChange {
    /// Says how to tell readers, where an issue has told them something else.
    func suggestCorrection() {
        guard let issue = contradicts else { return }
        print("Readers of issue \(issue) were told otherwise. To tell them at once:")
        print("  fortnight issue correct \(issue) --item \(item.id)")
    }
}
