import Basics
import Bulletin
import Foundation
import Testing

@testable import Intake

/// The starter bulletin must never go stale: whatever the day it is planted on, everything in it can be taken in.
@Suite struct SeedsTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "seeds")

    private func files(_ folder: String, _ ending: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: Self.folder.appending(path: folder), includingPropertiesForKeys: nil
        ).filter { $0.pathExtension == ending }.sorted { $0.path < $1.path }
    }

    @Test(arguments: [
        "2026-11-25T09:00:00Z", "2028-02-29T23:59:59Z", "2027-03-28T01:00:00Z", "2027-10-31T00:30:00Z",
        "2026-12-31T23:30:00Z", "2027-03-04T12:00:00Z", "2040-06-15T12:00:00Z",
    ])
    func everyItemIsTakenInOnAnyDayAndStandsInTheFirstIssue(_ today: String) throws {
        let intake = try ItemIntake(today)
        var items: [Item] = []
        for (index, file) in try files("items", "md").enumerated() {
            let draft = try ItemReader.read(Array(Data(contentsOf: file)))
            let id = try #require(ItemID("seed2" + String(Unicode.Scalar(UInt8(ascii: "a") + UInt8(index)))))
            let taken = try draft.item(
                id: id, uid: "u", kind: nil, now: intake.now, by: "init", defaultZone: intake.zone)
            #expect(taken.notes.isEmpty, "\(file.lastPathComponent): \(taken.notes)")
            if let picture = taken.item.picture {
                let path = file.deletingLastPathComponent().appending(path: picture.file).path
                #expect(FileManager.default.fileExists(atPath: path))
            }
            items.append(taken.item)
        }
        #expect(items.count == 7)
        // At once, as the trial sends it, and at the latest slot that the anchor +14d goes on to.
        for days in [0, 20] {
            let sends = intake.now + TimeInterval(days) * 86_400 + 60
            let (chosen, leftOut) = ItemSelection.choose(
                items: items, appearances: [:], issue: IssueNumber(1), closes: sends, sends: sends, zone: intake.zone)
            #expect(leftOut.isEmpty)
            #expect(chosen.count == 7)
            #expect(chosen.first?.kind == .meeting)
        }
    }

    @Test func everyEventAndMeetingCanBeAnsweredWithoutAComputer() throws {
        let intake = try ItemIntake()
        for file in try files("items", "md") {
            let item = try intake.take(ItemReader.read(Array(Data(contentsOf: file)))).item
            #expect(item.takingPart.phone != nil && item.takingPart.letter != nil, "\(file.lastPathComponent)")
            #expect(item.support != nil, "\(file.lastPathComponent)")
        }
    }

    @Test func theNetworkIsReadAndItsMeetingNamesIt() throws {
        let file = try #require(try files("networks", "json").first)
        let network = try JSONDecoder().decode(Network.self, from: Data(contentsOf: file))
        #expect(network.slug == "gm-co-production")
        // The anchor is a first Thursday, as the rule says.
        #expect(network.starts.date.weekday == 4 && network.starts.date.day <= 7)
    }

    @Test func aDozenSubscribersOfAllMediaAreTaken() throws {
        var rest: [UInt8]? = Array(try Data(contentsOf: Self.folder.appending(path: "subscribers.csv")))
        var rows = try SubscriberRows {
            defer { rest = nil }
            return rest
        }
        var entries: [SubscriberEntry] = []
        while let row = try rows.next() {
            guard case .entry(let entry, _) = row else {
                Issue.record("\(row)")
                continue
            }
            entries.append(entry)
        }
        #expect(entries.count == 12)
        #expect(Set(entries.map(\.medium)) == Set(Subscriber.Medium.allCases))
        #expect(rows.notes.isEmpty)
        #expect(entries.allSatisfy { $0.wording != nil && $0.when != nil && $0.how != nil && $0.by != nil })
        #expect(Set(entries.compactMap { $0.address?.canonical }).count == 8)
    }

    @Test func everyNetworkIsSoundAndMeetsAgainWheneverItIsPlanted() throws {
        let files = try files("networks", "json")
        #expect(files.count == 2)
        for file in files {
            let network = try JSONDecoder().decode(Network.self, from: Data(contentsOf: file))
            #expect(network.problems().isEmpty, "\(file.lastPathComponent): \(network.problems())")
            let day = try #require(LocalDate("2040-06-15"))
            #expect(network.dates(from: day).first { _ in true } != nil)
            #expect(network.takingPart.phone != nil && network.takingPart.letter != nil && network.support != nil)
        }
    }
}
