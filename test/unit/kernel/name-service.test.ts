import { groupByName, nameOfUser, userByName } from '#kernel/name-service.js';

test('a user by name and by number', () => {
  expect(userByName('root')).toEqual({ uid: 0, gid: 0 });
  expect(nameOfUser(0)).toBe('root');
});

test('a group', () => expect(groupByName('root')).toBe(0));

test('nobody', () => {
  expect(userByName('no such user')).toBeUndefined();
  expect(nameOfUser(4_294_967_294)).toBeUndefined();
  expect(groupByName('')).toBeUndefined();
});
