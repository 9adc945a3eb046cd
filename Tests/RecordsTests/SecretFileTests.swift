import Bulletin
import Foundation
import Journal
import Records
import TestSupport
import Testing
import Tokens

@Suite("The secret")
struct SecretFileTests {
    let ann: EmailAddress

    init() throws { ann = try EmailAddress("ann@example.org") }

    private func subscriberListPath(_ state: StateFolder) -> String { state.path + "/subscriptions/roll.jsonl" }

    private func write(_ text: String, _ path: String) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }

    @Test("is made once, and the same for everybody")
    func once() throws {
        try withStateFolder { state in
            let id = try state.tokenKeys().id(for: ann)
            #expect(try SystemDisk().content(of: state.path + "/secret")?.count == 32)
            #expect(try state.tokenKeys().id(for: ann) == id)
            #expect(try StateFolder(path: state.path).tokenKeys().id(for: ann) == id)
        }
    }

    @Test("differs from folder to folder")
    func chance() throws {
        try withStateFolder { one in
            try withStateFolder { other in
                let ids = try [one, other].map { try $0.tokenKeys().id(for: ann) }
                #expect(ids[0] != ids[1])
            }
        }
    }

    @Test("is one for all who need it first at once")
    func race() throws {
        try withStateFolder { state in
            let ids = Gathered<SubscriberID>()
            DispatchQueue.concurrentPerform(iterations: 8) { _ in
                if let id = try? StateFolder(path: state.path).tokenKeys().id(for: ann) { ids.add(id) }
            }
            #expect(ids.all.count == 8)
            #expect(Set(ids.all).count == 1)
        }
    }

    @Test("is never made anew while there are subscribers")
    func lost() throws {
        try withStateFolder { state in
            try write("{\"format\":\"fortnight-roll\",\"version\":1}\n{\"id\":\"x\"}\n", subscriberListPath(state))
            let fault = #expect(throws: StateFolderFault.secretLost(state.path + "/secret")) { try state.tokenKeys() }
            #expect(fault?.description.contains("restore it from the backup") == true)
            #expect(throws: StateFolderFault.secretLost(state.path + "/secret")) { try state.subscriberList() }
            #expect(try SystemDisk().status(at: state.path + "/secret") == nil)
        }
    }

    @Test("is made if the list has no subscribers", arguments: ["", "{\"format\":\"fortnight-roll\",\"version\":1}\n"])
    func emptyRoll(content: String) throws {
        try withStateFolder { state in
            try write(content, subscriberListPath(state))
            _ = try state.tokenKeys()
        }
    }

    @Test(
        "of another length is refused, and not replaced", arguments: ["", "short", String(repeating: "x", count: 33)])
    func damaged(content: String) throws {
        try withStateFolder { state in
            try write(content, state.path + "/secret")
            #expect(
                throws: StateFolderFault.secretDamaged(state.path + "/secret", size: content.utf8.count)
            ) { try state.tokenKeys() }
            #expect(try SystemDisk().content(of: state.path + "/secret") == Array(content.utf8))
        }
    }

    @Test("is whole or missing after any refusal of the disk")
    func refusals() throws {
        for refusal in RiggedDisk.Refusal.allCases {
            var verb = 1
            var refused = true
            while refused {
                try withScratchFolder { folder in
                    let disk = RiggedDisk(over: SystemDisk())
                    let state = StateFolder(path: folder + "/state", disk: disk)
                    try state.make(at: noon)
                    disk.refuse(at: verb, refusal)
                    let first = try? state.tokenKeys().id(for: ann)
                    refused = disk.relent()
                    let after = try StateFolder(path: state.path).tokenKeys().id(for: ann)
                    if let first { #expect(first == after) }
                }
                verb += 1
            }
            #expect(verb > 8)
        }
    }
}
