import ArgumentParser
import Basics
import Bulletin
import Editing
import Foundation
import Publishing
import Records

struct CancelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Call a queued event or meeting off; readers are told.",
        discussion: """
            The item stays in the queue, and every issue until its date tells that it is off. What readers were never told \
            of is better removed: fortnight remove.
            """)

    @Argument(help: "The item's id.") var id: String
    @OptionGroup var why: ReasonOption
    @Flag(help: "Let it take place after all.") var undo = false
    @OptionGroup var common: CommonOptions

    func run() throws {
        let id = try ItemID.argument(id)
        let place = try CommandContext(common)
        let closed = try ClosedIssues(place.context)
        let changed = try place.folder.queue.change(id) { item in
            guard item.kind != .notice else {
                throw CommandFailure(
                    "\(id) is a notice, which does not take place: fortnight remove \(id) takes it out")
            }
            guard (item.change?.isCancelled ?? false) == undo else {
                throw CommandFailure(undo ? "\(id) is not called off" : "\(id) is called off already")
            }
            if let end = item.endInstant ?? item.startInstant, end <= place.now {
                let deed = item.endInstant == nil ? "began" : "ended"
                throw CommandFailure("\(id) \(deed) on \(end.inWords(in: item.zone)): it cannot be called off any more")
            }
            var item = item
            item.change = undo ? nil : .cancelled(why: why.why)
            item.sequence += 1
            (item.editedAt, item.editedBy) = (place.now, CommandContext.person)
            return item
        }
        guard let changed else { throw try ItemReport.absent(id, in: place) }
        try ItemReport(place).say(changed, did: undo ? "Not called off any more:" : "Called off", json: false)
        try place.tell(closed)
        if let told = try place.folder.issues.lastTold(id) {
            print("Issue \(told) has told its readers otherwise. To tell them at once:")
            print("  fortnight issue correct \(told) --item \(id)")
        } else if !undo {
            print("No issue has told readers of it yet; to say nothing of it at all: fortnight remove \(id)")
        }
    }
}
