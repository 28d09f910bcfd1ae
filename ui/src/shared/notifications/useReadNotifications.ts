import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/http'

/** Marks notifications as read: those named, else all of them (NOT-08, NOT-13). */
export function useReadNotifications(onError?: (error: Error) => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (ids: string[] | 'toutes') => call('PUT', '/api/notifications/lues', { body: ids === 'toutes' ? {} : { ids } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['notifications'] }),
    ...(onError ? { onError } : {}),
  })
}
