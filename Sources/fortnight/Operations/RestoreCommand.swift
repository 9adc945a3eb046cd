import ArgumentParser
import Basics
import Bulletin
import Foundation
import Operations
import Publishing
import Records
import Settings

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Bring the state back from a backup.",
        discussion: """
            The state folder must be out of the way: nothing is overwritten. With --damaged, whoever left after the backup was \
            taken stays gone, as far as the damaged roll can be read. Afterwards nothing goes out until you have said, with \
            --sent-through and --accept-gap, which issue was the last that went out.
            """)

    @Argument(help: ArgumentHelp("The backup.", valueName: "file")) var file: String?
    @Option(
        help: ArgumentHelp("Where the damaged state was moved to; its roll is read for later wishes.", valueName: "dir")
    )
    var damaged: String?
    @Option(help: ArgumentHelp("The last issue that went out; 0 where none did.", valueName: "n")) var sentThrough: Int?
    @Flag(help: "Accept that leavings in the gap are not known.") var acceptGap = false
    @OptionGroup var common: CommonOptions

    func validate() throws {
        switch (file, sentThrough) {
        case (nil, nil): throw ValidationError("Name the backup; or, after restoring, --sent-through N --accept-gap.")
        case (.some, .some): throw ValidationError("First restore; then look; then --sent-through N --accept-gap.")
        case (nil, .some) where !acceptGap:
            throw ValidationError("Add --accept-gap: leavings between backup and restore are not known, and stay so.")
        case (nil, .some(let number)) where number < 0:
            throw ValidationError("--sent-through takes an issue's number, or 0.")
        default: break
        }
    }

    func run() throws {
        if let file { try restore(file) } else if let sentThrough { try accept(sentThrough) }
    }

    private func restore(_ file: String) throws {
        let configuration = try common.configuration()
        let (folder, now) = (StateFolder(path: configuration.state), Date())
        // Opened while we are who we are: it may be root's.
        let backup = try BackupFile(file)
        let manifest = try BackupCommand.checked(backup)
        let restore = RestoreBackup(into: folder)
        try restore.checkFree()
        try folder.takeOnOwner()
        try folder.make(at: now)
        let report = try restore(backup, manifest, damaged: damaged.map(Self.absolute), at: now)
        let zone = configuration.schedule.timezone
        print(
            "\(folder.path) is as it was on \(manifest.taken.inWords(in: zone)): \(Listing.count(report.files, "file"))."
        )
        if let wishes = report.requests {
            print(
                "\(Listing.count(wishes.taken, "later wish").replacing("wishs", with: "wishes")) taken over from the damaged roll."
            )
            if wishes.damagedLines > 0 { Terminal.warn("\(wishes.damagedLines) of its lines could not be read") }
        } else if let unread = report.unread {
            Terminal.warn("the damaged roll could not be read, and nothing is taken over from it: \(unread)")
        }
        let (from, until) = (report.restoration.gapFrom, report.restoration.gapUntil)
        print("Leavings between \(from.inWords(in: zone)) and \(until.inWords(in: zone)) are not known.")
        print(
            "Nothing goes out until you say which issue was the last that went out: "
                + "fortnight restore --sent-through N --accept-gap")
    }

    private static func absolute(_ path: String) -> String {
        URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
    }

    private func accept(_ number: Int) throws {
        let keeper = try SubscriberListAccess(common)
        let report = try AcceptRestoration(keeper.place.context, subscriberList: keeper.subscriberList)(
            sentThrough: number, at: keeper.place.now, by: CommandContext.person)
        func list(_ numbers: [IssueNumber]) -> String { numbers.map(\.description).joined(separator: ", ") }
        if !report.sent.isEmpty { print("Taken as sent: issue \(list(report.sent)).") }
        if !report.usedUp.isEmpty {
            print(
                "Used up: issue \(list(report.usedUp)), which the backup does not know. What stood in it may be queued still: see "
                    + "fortnight items, and remove what readers have had.")
        }
        for mailing in report.heldCorrections {
            print(
                "Held: \(mailing.inWords). Release it if its readers did not get it, or skip it: fortnight issue show \(mailing.issue)."
            )
        }
        if report.letters > 0 {
            print("\(Listing.count(report.letters, "letter")) to subscribers that was owed then is not sent again.")
        }
        if let next = keeper.place.configuration.cadence.next(after: keeper.place.now) {
            print("The daemon goes on. Next is issue \(next.number), on \(next.sends.inWords(in: keeper.place.zone)).")
        }
    }
}
