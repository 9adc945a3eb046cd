import Testing

@testable import Mailboxes

@Suite("A mailbox's replies")
struct IMAPReplyTests {
    @Test("give a message's UID, size and flags, in any order, and nothing for other lines")
    func fetched() {
        let plain = IMAPReply.fetched(#"* 2 FETCH (UID 7 RFC822.SIZE 67 FLAGS (\Seen $Junk))"#)
        #expect(plain == .init(uid: 7, size: 67, flags: ["\\seen", "$junk"]))
        let other = IMAPReply.fetched(
            #"* 2 fetch (FLAGS () MODSEQ (12) X "a \" (b" RFC822.SIZE 4294967296 UID 4294967295)"#)
        #expect(other == .init(uid: .max, size: 4_294_967_296, flags: []))
        #expect(IMAPReply.fetched(#"* 2 FETCH (FLAGS (UID 9))"#) == nil)
        for line in [
            "", "* OK Hello", "* 2 FETCH", "* 2 FETCH (", "* 2 FETCH (UID 4294967296)", "A1 OK done", "* 3 EXPUNGE",
        ] {
            #expect(IMAPReply.fetched(line) == nil, "\(line)")
        }
    }

    @Test("name the prefix of a person's folders")
    func namespace() {
        #expect(IMAPReply.personalPrefix(in: [#"* NAMESPACE (("INBOX." ".")) NIL NIL"#]) == "INBOX.")
        #expect(IMAPReply.personalPrefix(in: [#"* NAMESPACE (("" "/")) (("~" "/")) NIL"#]) == "")
        #expect(IMAPReply.personalPrefix(in: ["* NAMESPACE NIL NIL NIL", "A3 OK"]) == "")
        #expect(IMAPReply.code("UIDVALIDITY", in: ["* OK [UIDVALIDITY 3857529045] UIDs valid"]) == "3857529045")
        #expect(IMAPReply.exists(in: ["* 172 EXISTS", "* 1 RECENT"]) == 172)
        #expect(!IMAPReply.listsFolder(in: [#"* LIST (\NonExistent) "/" Fortnight"#]))
    }

    @Test(
        "have folders in modified UTF-7",
        arguments: [
            ("INBOX", "INBOX"), ("Entwürfe", "Entw&APw-rfe"), ("A & B", "A &- B"), ("台北", "&U,BTFw-"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"), ("💌", "&2D3cjA-"),
        ])
    func modifiedUTF7(name: String, wire: String) {
        #expect(FolderName.modifiedUTF7(name) == wire)
        #expect(FolderName.quoted(#"a"b\c%d"#) == #""a\"b\\c%25d""#)
    }
}
