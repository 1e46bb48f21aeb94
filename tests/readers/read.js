// Answers each line of JSON on stdin with one on stdout: what mailparser reads from a message, nodemailer from a list.
'use strict';

const { createHash } = require('node:crypto');
const { createInterface } = require('node:readline');
const libmime = require('libmime');
const { simpleParser } = require('mailparser');
const addressparser = require('nodemailer/lib/addressparser');

const mailboxes = list => list.map(({ name, address }) => [name ?? '', address ?? '']);

// A field that a message has twice is an array here; a group has its members inside.
const people = found => mailboxes([found ?? []].flat().flatMap(({ value }) => value.flatMap(one => one.group ?? one)));

// Fields that mailparser does not know it leaves encoded; libmime is what it reads the others with.
const field = ({ key, line }) => [key, libmime.decodeWords(libmime.decodeHeader(line).value)];

// Where the message says application/octet-stream, contentType is guessed from the name.
const file = ({ filename, headers, content }) => ({
    name: filename ?? '',
    content_type: headers.get('content-type').value,
    digest: createHash('sha256').update(content).digest('hex'),
});

async function read({ raw, addresses }) {
    if (addresses !== undefined) {
        return mailboxes(addressparser(addresses, { flatten: true }));
    }
    const mail = await simpleParser(Buffer.from(raw, 'base64'), { keepCidLinks: true });
    return {
        from: people(mail.from),
        to: people(mail.to),
        cc: people(mail.cc),
        bcc: people(mail.bcc),
        'reply-to': people(mail.replyTo),
        subject: mail.subject ?? '',
        fields: mail.headerLines.map(field),
        text: mail.text ?? '',
        html: mail.html || '',
        attachments: mail.attachments.map(file),
    };
}

async function main() {
    for await (const line of createInterface({ input: process.stdin })) {
        process.stdout.write(`${JSON.stringify(await read(JSON.parse(line)))}\n`);
    }
}

main();
